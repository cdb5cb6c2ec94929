/** Why an alert stands where it stands, and what is known and not known of it, in words. */
import type { Fact } from '#console/alert-views.ts'
import { capital } from '#console/present/alert-words.ts'
import { eventPerson } from '#console/present/event-person.ts'
import { plainText } from '#console/present/plain-text.ts'
import { alertFacts as words } from '#console/words/alert-facts.ts'
import { countOf } from '#console/words/count-of.ts'
import { counts } from '#console/words/counts.ts'
import { fill } from '#console/words/fill.ts'
import type { Moment, ScorePart } from '#domain/signal.ts'
import { sitesOf } from '#safeguarding/count-rule.ts'
import type { Observation } from '#safeguarding/judge.ts'
import { reasonsOf, saidOnce } from '#safeguarding/reasons.ts'
import { pointsOf } from '#safeguarding/score-parts.ts'
import { SEVERITY_CLOCKS } from '#safeguarding/severity.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'
import type { AlertEvent } from '../alerts/alert-reads.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { DECISION_WORDS } from './command-words.ts'

const RULE_TEXTS: ReadonlyMap<string, string> = new Map([
  ...SHIPPED_WEIGHTS.rules.map(({ id, says }) => [id, says] as const),
  ['school-trend', words.schoolTrend],
])

/** Where what was observed is no longer kept, the rules alone; a rule of other weights than ours is shown by its id. */
export function reasonTexts(
  { reasons, severity }: AlertRecord,
  observations: readonly Observation[],
): readonly string[] {
  const { rules, parts, score } = reasons
  const isTrend = rules.includes('school-trend')
  if (observations.length === 0 || isTrend)
    return saidOnce(rules.map((rule) => RULE_TEXTS.get(rule) ?? plainText(rule, 80)))
  const foreign = rules.filter((rule) => !RULE_TEXTS.has(rule)).map((rule) => plainText(rule, 80))
  const judged = { rules, parts, score, severity, isInstant: false }
  return [...reasonsOf(judged, observations, SHIPPED_WEIGHTS.rules), ...foreign]
}

const PART_WORDS: Readonly<Record<ScorePart['part'], string>> = words.points

/** What the deciding lookup's points are made of, then the sum with what came before. */
export function pointRows({ reasons: { parts, score } }: AlertRecord): readonly Fact[] {
  if (parts.length === 0) return []
  return [
    ...parts.map(({ part, value }) => ({ key: PART_WORDS[part], value: partText(part, value) })),
    { key: words.pointsInAll, value: pointsText(pointsOf(parts)) },
    { key: words.pointsSum, value: pointsText(score) },
  ]
}

function partText(part: ScorePart['part'], value: number): string {
  if (part === 'weight') return pointsText(value)
  return part === 'burst' ? `+ ${pointsText(value)}` : `× ${rounded(value)}`
}

function pointsText(points: number): string {
  const count = rounded(points)
  return fill(count === '1' ? counts.points.one : counts.points.many, { count })
}

function rounded(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 2 : 0 })
}

const MOMENT_WORDS: Readonly<Record<Moment, string>> = words.moments

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
  return [{ key: words.toBeSeen, value: capital(SEVERITY_CLOCKS[severity].says) }]
}

function lookupFacts(observations: readonly Observation[]): readonly Fact[] {
  if (observations.length === 0) return []
  const blocked = lookupsIn(observations.filter(({ isBlocked }) => isBlocked))
  const allowed = lookupsIn(observations) - blocked
  const moments = [...new Set(observations.map(({ moment }) => MOMENT_WORDS[moment]))]
  const when = moments.join('; ')
  return [
    {
      key: words.attempts,
      value: fill(words.attemptsText, {
        lookups: countOf(blocked + allowed, counts.lookups),
        sites: countOf(sitesOf(observations), counts.sites),
      }),
    },
    {
      key: words.outcome,
      value: [
        ...(blocked > 0 ? [fill(words.blocked, { count: blocked.toLocaleString('en-GB') })] : []),
        ...(allowed > 0 ? [fill(words.allowed, { count: allowed.toLocaleString('en-GB') })] : []),
      ].join(', '),
    },
    { key: words.inLesson, value: capital(when) },
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
    ...(subject.kind === 'person' ? [{ key: words.howKnown, value: eventPerson(client) }] : []),
    {
      key: words.deviceName,
      value: plainText(client.device ?? client.mac ?? words.noDeviceName, 80),
    },
    { key: words.deviceAddress, value: plainText(client.address, 64) },
  ]
}

function decidedFacts(record: AlertRecord): readonly Fact[] {
  const texts = [
    [words.assignedTo, record.assignedTo],
    [words.waitingFor, record.awaiting],
    [words.escalatedTo, record.escalatedTo],
    [words.decision, record.decision === undefined ? undefined : DECISION_WORDS[record.decision]],
    [words.reason, record.reason],
    [words.done, record.action],
    [words.cameOfIt, record.outcome],
    [words.caseReference, record.caseReference],
  ] as const
  return texts.flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: plainText(value, DECIDED_TEXT_MAX) }],
  )
}
const DECIDED_TEXT_MAX = 2000

/** What nobody must read into it. */
export function doesNotTell({ subject, theme }: AlertRecord): readonly string[] {
  return [
    words.notTold.meant,
    subject.kind === 'person' ? words.notTold.personSat : words.notTold.whoUsed,
    ...(theme === 'illegal' ? [] : [words.notTold.read]),
    words.notTold.elsewhere,
  ]
}

/** Then it is for the head or the chair, and no pupil is meant. */
export function isAboutStaff({ queue }: Pick<AlertRecord, 'queue'>): boolean {
  return queue === 'head' || queue === 'chair'
}
