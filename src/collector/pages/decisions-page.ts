import { z } from 'zod'
import type { DecisionRow, DecisionsView } from '#console/evidence-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { PlainTime } from '#console/present/plain-time.ts'
import { decisions as words } from '#console/words/decisions.ts'
import { fill } from '#console/words/fill.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { DECISION_AREAS, type DecisionArea } from '../evidence/evidence-entry.ts'
import { isDue, type KeptDecision } from '../evidence/read-decisions.ts'
import { oneLine } from './checked-fields.ts'
import { choices } from './filter-choices.ts'
import type { PageContext } from './page-context.ts'

export const AREA_WORDS: Readonly<Record<DecisionArea, string>> = words.areas
const STATES = ['due', 'in-force', 'ended'] as const
const STATE_WORDS: Readonly<Record<(typeof STATES)[number], string>> = {
  due: words.reviewDue,
  'in-force': words.inForce,
  ended: words.ended,
}
const REASON_MAX = 300

const query = z
  .object({
    area: z.enum(DECISION_AREAS).or(z.literal('')).catch(''),
    state: z.enum(STATES).or(z.literal('')).catch(''),
  })
  .catch({ area: '', state: '' })

/** What the school decided about its filter and monitoring: those that are due first, then the newest. */
export function decisionsPage(context: PageContext, viewer: Viewer, asked: unknown): DecisionsView {
  const { evidence, limits, time, clock } = context
  const { area, state } = query.parse(asked ?? {})
  const today = time.dayText(clock.wallMs())
  const { decisionsShownMax } = limits.evidence
  const all = evidence.decisions.list(decisionsShownMax)
  const due = all.filter((one) => isDue(one, today))
  const shown = [...due, ...all.filter((one) => !isDue(one, today))].filter(
    (one) => (area === '' || one.facts.area === area) && isIn(one, state, today),
  )
  return {
    view: 'decisions',
    mayDecide: mayDecide(viewer),
    dueCount: due.length,
    rows: shown.map((one) => rowOf(one, today, time)),
    isFiltered: area !== '' || state !== '',
    areas: choices(DECISION_AREAS, area, areaText),
    states: choices(STATES, state, stateText),
    isCut: all.length === decisionsShownMax,
  }
}

/** Who writes down what the school decided: its leaders, not IT. */
export function mayDecide({ rights }: Viewer): boolean {
  return (['dsl', 'deputy', 'head', 'chair'] as const).some((one) => rights.has(one))
}

/** A day as people read it. */
export function dayWords(day: string, time: PlainTime): string {
  const ms = time.dayStartMs(day)
  return ms === undefined ? plainText(day, 20) : time.date(ms)
}

function isIn(decision: KeptDecision, state: string, today: string): boolean {
  if (state === 'due') return isDue(decision, today)
  if (state === 'ended') return decision.reviewOn === undefined
  return state !== 'in-force' || decision.reviewOn !== undefined
}

function rowOf(decision: KeptDecision, today: string, time: PlainTime): DecisionRow {
  const { id, facts, reviewOn } = decision
  return {
    href: `/decisions/${encodeURIComponent(id)}`,
    title: plainText(facts.title, 120),
    area: AREA_WORDS[facts.area],
    reason: oneLine(facts.reason, REASON_MAX),
    by: fill(words.madeBy, {
      who: plainText(facts.decidedBy, 120),
      day: dayWords(facts.decidedOn, time),
    }),
    review:
      reviewOn === undefined
        ? words.ended
        : fill(words.reviewBy, { day: dayWords(reviewOn, time) }),
    isDue: isDue(decision, today),
    isEnded: reviewOn === undefined,
  }
}

function areaText(value: string): string {
  const known = DECISION_AREAS.find((one) => one === value)
  return known === undefined ? '' : AREA_WORDS[known]
}

function stateText(value: string): string {
  const known = STATES.find((one) => one === value)
  return known === undefined ? '' : STATE_WORDS[known]
}
