/** Why an alert stands where it stands, and what is known and not known of it, in words. */
import type { Fact } from '#console/alert-views.ts'
import { capital } from '#console/present/alert-words.ts'
import { eventPerson } from '#console/present/event-person.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plural } from '#console/present/plain-time.ts'
import type { Moment, ScorePart } from '#domain/signal.ts'
import { sitesOf } from '#safeguarding/count-rule.ts'
import type { Observation } from '#safeguarding/judge.ts'
import { reasonsOf } from '#safeguarding/reasons.ts'
import { pointsOf } from '#safeguarding/score-parts.ts'
import { SEVERITY_CLOCKS } from '#safeguarding/severity.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import type { AlertEvent } from '../alerts/alert-reads.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { DECISION_WORDS } from './command-words.ts'

const RULE_TEXTS: ReadonlyMap<string, string> = new Map([
  ...SHIPPED_WEIGHTS.rules.map(({ id, says }) => [id, says] as const),
  ['school-trend', 'several pupils at one site that the school has just met'],
])

/** Where what was observed is no longer kept, the rules alone; a rule of other weights than ours is shown by its id. */
export function reasonTexts(
  { reasons, severity }: AlertRecord,
  observations: readonly Observation[],
): readonly string[] {
  const { rules, parts, score } = reasons
  const isTrend = rules.includes('school-trend')
  if (observations.length === 0 || isTrend)
    return rules.map((rule) => RULE_TEXTS.get(rule) ?? plainText(rule, 80))
  const foreign = rules.filter((rule) => !RULE_TEXTS.has(rule)).map((rule) => plainText(rule, 80))
  const judged = { rules, parts, score, severity, isInstant: false }
  return [...reasonsOf(judged, observations, SHIPPED_WEIGHTS.rules), ...foreign]
}

const PART_WORDS: Readonly<Record<ScorePart['part'], string>> = {
  weight: 'A lookup of this kind',
  intent: 'How likely somebody chose it',
  identity: 'How sure it is who it was',
  moment: 'When it was',
  novelty: 'First at this school to ask for the site',
  sequence: 'Then looked for a way round the filter',
  burst: 'Far more blocked lookups than usual',
}

/** What the deciding lookup's points are made of, then the sum with what came before. */
export function pointRows({ reasons: { parts, score } }: AlertRecord): readonly Fact[] {
  if (parts.length === 0) return []
  return [
    ...parts.map(({ part, value }) => ({ key: PART_WORDS[part], value: partText(part, value) })),
    { key: 'That lookup in all', value: pointsText(pointsOf(parts)) },
    { key: 'With earlier ones, which halve with time', value: pointsText(score) },
  ]
}

function partText(part: ScorePart['part'], value: number): string {
  if (part === 'weight') return pointsText(value)
  return part === 'burst' ? `+ ${pointsText(value)}` : `× ${rounded(value)}`
}

function pointsText(points: number): string {
  const text = rounded(points)
  return `${text} ${text === '1' ? 'point' : 'points'}`
}

function rounded(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 2 : 0 })
}

const MOMENT_WORDS: Readonly<Record<Moment, string>> = {
  lesson: 'in a lesson',
  break: 'in a break',
  'school-day': 'in school hours',
  evening: 'in the evening',
  night: 'at night',
  closed: 'while the school was closed',
  unknown: 'not known, for the box has no timetable',
}

/** What was done, when, and by whom as far as it is known; then what people found. */
export function knownFacts(
  record: AlertRecord,
  [newest]: readonly AlertEvent[],
  observations: readonly Observation[],
): readonly Fact[] {
  return [
    ...clockFacts(record),
    ...lookupFacts(observations),
    ...clientFacts(record, newest),
    ...decidedFacts(record),
  ]
}

/** How soon somebody has to say that he has seen it, while nobody has. */
function clockFacts({ state, severity }: AlertRecord): readonly Fact[] {
  if (state !== 'new') return []
  return [{ key: 'To be seen', value: capital(SEVERITY_CLOCKS[severity].says) }]
}

function lookupFacts(observations: readonly Observation[]): readonly Fact[] {
  if (observations.length === 0) return []
  const blocked = lookupsIn(observations.filter(({ isBlocked }) => isBlocked))
  const allowed = lookupsIn(observations) - blocked
  const moments = [...new Set(observations.map(({ moment }) => MOMENT_WORDS[moment]))]
  const when = moments.join('; ')
  return [
    {
      key: 'Attempts',
      value: `${plural(blocked + allowed, 'lookup')} at ${plural(sitesOf(observations), 'site')}`,
    },
    {
      key: 'What became of them',
      value: [
        ...(blocked > 0 ? [`${blocked.toLocaleString('en-GB')} blocked`] : []),
        ...(allowed > 0 ? [`${allowed.toLocaleString('en-GB')} allowed and watched`] : []),
      ].join(', '),
    },
    { key: 'In a lesson?', value: capital(when) },
  ]
}

function lookupsIn(observations: readonly Observation[]): number {
  return observations.reduce((sum, { lookups }) => sum + lookups, 0)
}

/** Nobody stands here whom the alert does not name already, and nobody whose link was erased. */
function clientFacts({ subject }: AlertRecord, newest: AlertEvent | undefined): readonly Fact[] {
  if (newest === undefined || subject.kind === 'school' || subject.kind === 'erased') return []
  const { client } = newest.body
  return [
    ...(subject.kind === 'person'
      ? [{ key: 'How it is known who it was', value: eventPerson(client) }]
      : []),
    { key: 'Device', value: plainText(client.device ?? client.mac ?? 'No name is known', 80) },
    { key: 'Device address', value: plainText(client.address, 64) },
  ]
}

function decidedFacts(record: AlertRecord): readonly Fact[] {
  const texts = [
    ['Assigned to', record.assignedTo],
    ['Waiting for', record.awaiting],
    ['Escalated to', record.escalatedTo],
    ['Decision', record.decision === undefined ? undefined : DECISION_WORDS[record.decision]],
    ['Reason', record.reason],
    ['What was done', record.action],
    ['Outcome', record.outcome],
    ['Reference of the case', record.caseReference],
  ] as const
  return texts.flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: plainText(value, DECIDED_TEXT_MAX) }],
  )
}
const DECIDED_TEXT_MAX = 2000

/** What nobody must read into it. */
export function doesNotTell({ subject, theme }: AlertRecord): readonly string[] {
  return [
    'That the pupil saw or meant it: a device asked for an address, as it also does for adverts, embeds and apps.',
    subject.kind === 'person'
      ? 'That this person sat at the device at that moment.'
      : 'Who used the device.',
    ...(theme === 'illegal'
      ? []
      : ['What was read, searched for or written there: only the name of the site is known.']),
    'What the same pupil did on mobile data or at home.',
  ]
}
