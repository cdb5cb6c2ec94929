/**
 * A case as it goes into the school's own record (CPOMS, MyConcern): what is known, what was looked up, what was done. For those who
 * read the whole queue. Of illegal material no name stands in it, and of nobody but whom the alert is about.
 */
import type { Fact } from '#console/alert-views.ts'
import type { DocumentPlan } from '#console/document-plan.ts'
import type { HandOverView } from '#console/evidence-views.ts'
import { alertFacts, alertItem, trialFacts } from '#console/present/alert-item.ts'
import { csvText } from '#console/present/csv-text.ts'
import { eventItem } from '#console/present/event-item.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { Wording } from '#console/present/wording.ts'
import { fill } from '#console/words/fill.ts'
import { handOver as words } from '#console/words/hand-over.ts'
import { queuesOf, scopeOf } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { AlertRecord } from '../alerts/alert-record.ts'
import { factsOf } from './alert-facts.ts'
import { doesNotTell, isAboutStaff, knownFacts, reasonTexts } from './alert-reasons.ts'
import { oneLine } from './checked-fields.ts'
import { CHANGE_WORDS } from './command-words.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { paperTime } from './paper-time.ts'
import { SCHOOL_MAX } from './review-page.ts'

const TEXT_MAX = 2000
const HEADS: readonly string[] = Object.values(words.heads)

/** Something that happened, in words. */
interface Step {
  readonly at: number
  readonly when: string
  readonly what: string
  readonly detail: string
  readonly who: string
}

interface HandOver {
  readonly id: string
  readonly title: string
  readonly caution: string
  readonly isIllegal: boolean
  readonly isSimulated: boolean
  readonly facts: readonly Fact[]
  readonly reasons: readonly string[]
  readonly unknown: readonly string[]
  /** Oldest first. */
  readonly steps: readonly Step[]
  /** Lookups or steps that did not fit were left out. */
  readonly isCut: boolean
}

/** Whether a viewer may take this alert, which they may see, out of the console. */
export function mayHandOver(viewer: Viewer, { queue }: Pick<AlertRecord, 'queue'>): boolean {
  const leads = (['dsl', 'deputy', 'head', 'chair'] as const).some((one) => viewer.rights.has(one))
  return leads && queuesOf(viewer).includes(queue)
}

/** The page: a text to be copied, and the files. Undefined where there is no such alert, or it is not for this viewer to take. */
export function handOverPage(
  context: PageContext,
  viewer: Viewer,
  id: string,
): HandOverView | undefined {
  const found = handOverOf(context, viewer, id)
  if (found === undefined) return undefined
  const href = `/alerts/${encodeURIComponent(id)}`
  const { title, isIllegal } = found
  return { view: 'hand-over', title, isIllegal, href, text: textOf(found) }
}

export function handOverPlan(
  context: PageContext,
  viewer: Viewer,
  id: string,
): DocumentPlan | undefined {
  const found = handOverOf(context, viewer, id)
  if (found === undefined) return undefined
  const { title, caution, isIllegal, isSimulated, facts, reasons, unknown, steps, isCut } = found
  const { time, clock, school } = context
  const nowMs = clock.wallMs()
  return {
    school: plainText(school, SCHOOL_MAX),
    title,
    subtitle: fill(words.subtitle, { id: plainText(id, 64) }),
    footer: fill(words.footer, {
      date: time.date(nowMs),
      time: time.clock(nowMs),
      who: plainText(viewer.who, 80),
    }),
    madeAt: nowMs,
    blocks: [
      ...(isSimulated ? [{ kind: 'text', tone: 'notice', text: words.simulated } as const] : []),
      ...(isIllegal ? [{ kind: 'text', tone: 'notice', text: words.doNot } as const] : []),
      { kind: 'text', tone: 'notice', text: caution },
      { kind: 'heading', text: words.known },
      { kind: 'facts', facts },
      ...(reasons.length === 0
        ? []
        : ([
            { kind: 'heading', text: words.becameAlert },
            { kind: 'text', text: words.reasonsOf },
            { kind: 'list', items: reasons },
          ] as const)),
      { kind: 'heading', text: words.notTold },
      { kind: 'list', items: unknown },
      { kind: 'heading', text: words.happened },
      {
        kind: 'table',
        caption: isCut ? words.newestSteps : words.steps,
        heads: HEADS,
        rows: steps.map(({ when, what, detail, who }) => [when, what, detail, who]),
        ifEmpty: words.noSteps,
      },
    ],
  }
}

/** For a spreadsheet: facts, then what happened. */
export function handOverCsv(context: PageContext, viewer: Viewer, id: string): string | undefined {
  const found = handOverOf(context, viewer, id)
  if (found === undefined) return undefined
  const { title, caution, isIllegal, isSimulated, facts, steps, unknown } = found
  const notes = [
    ...(isSimulated ? [words.simulated] : []),
    ...(isIllegal ? [words.doNot] : []),
    caution,
  ]
  return csvText([
    HEADS,
    ['', words.alert, title, ''],
    ...notes.map((note) => ['', words.mind, note, '']),
    ...facts.map(({ key, value }) => ['', key, value, '']),
    ...unknown.map((one) => ['', words.notTold, one, '']),
    // By the school's clocks, as above: a lookup of summer would else stand an hour off.
    ...steps.map(({ when, what, detail, who }) => [when, what, detail, who]),
  ])
}

function handOverOf(context: PageContext, viewer: Viewer, id: string): HandOver | undefined {
  const { alertReads, tenant, limits } = context
  const scope = scopeOf(viewer)
  const record = alertReads.alert(tenant, id, scope)
  if (record === undefined || !mayHandOver(viewer, record)) return undefined
  const wording = wordingOf({ ...context, time: paperTime(context.time) }, boxesOf(context))
  const { handOverEventsMax } = limits.evidence
  const { observationsShownMax, historyShownMax } = limits.alerts
  const events = alertReads.events(tenant, id, { scope, limit: handOverEventsMax })
  const observations = alertReads.observations(record, { scope, limit: observationsShownMax })
  const history = alertReads.history(tenant, id, historyShownMax)
  const facts = factsOf(record)
  const { theme, severity, isIllegal, isSimulated } = alertItem(facts, wording)
  return {
    id,
    title: fill(words.caseTitle, { theme, severity: severity.text }),
    caution: isAboutStaff(record) ? words.cautionStaff : words.caution,
    isIllegal,
    isSimulated,
    facts: [
      ...trialFacts(facts),
      ...alertFacts(facts, wording),
      ...knownFacts(record, events, observations),
    ].map(({ key, value }) => ({ key, value: oneLine(value, TEXT_MAX) })),
    reasons: reasonTexts(record, observations),
    unknown: doesNotTell(record),
    steps: [
      ...events.map((one) => lookupStep(one, wording)),
      ...history.map((one) => historyStep(one, wording)),
    ].toSorted((a, b) => a.at - b.at),
    isCut: events.length === handOverEventsMax || history.length === historyShownMax,
  }
}

function lookupStep(event: Parameters<typeof eventItem>[0], wording: Wording): Step {
  const { category, name, lookups, outcome } = eventItem(event, wording)
  return {
    ...timeOf(event.body.firstAt, wording),
    what: fill(words.lookup, { category }),
    detail: fill(words.lookupDetail, { name, lookups, outcome }),
    who: '',
  }
}

function historyStep(
  { at, change, who, why }: ReturnType<PageContext['alertReads']['history']>[number],
  wording: Wording,
): Step {
  return {
    ...timeOf(at, wording),
    what: CHANGE_WORDS[change],
    detail: oneLine(why, TEXT_MAX),
    who: plainText(who, 120),
  }
}

function timeOf(at: number, { time }: Wording): Pick<Step, 'at' | 'when'> {
  return { at, when: time.at(at, at).text }
}

function textOf({
  id,
  title,
  caution,
  isIllegal,
  isSimulated,
  facts,
  reasons,
  unknown,
  steps,
  isCut,
}: HandOver): string {
  return [
    fill(words.text.title, { title }),
    fill(words.text.alert, { id: plainText(id, 64) }),
    ...(isSimulated ? [words.simulated] : []),
    ...(isIllegal ? [words.doNot] : []),
    caution,
    '',
    ...facts.map(({ key, value }) => `${key}: ${value}`),
    ...(reasons.length === 0 ? [] : ['', words.text.becameAlert]),
    ...reasons.map((reason) => `- ${reason}`),
    '',
    words.text.notTold,
    ...unknown.map((one) => `- ${one}`),
    '',
    isCut ? words.text.happenedCut : words.text.happened,
    ...steps.map(
      ({ when, what, detail, who }) =>
        `${when}  ${[what, detail, who].filter((part) => part !== '').join('; ')}`,
    ),
  ].join('\n')
}
