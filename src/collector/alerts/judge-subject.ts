import type { Judge, Judgement } from '#safeguarding/judge.ts'
import { isGraver } from '#safeguarding/severity.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { AlertKey } from './observation-of.ts'
import type { KeptObservation, ObservationTable } from './observation-table.ts'

/** What is to be made of a subject in a theme, from a change on. */
export interface Found {
  /** Of its look-back, oldest first. */
  readonly rows: readonly KeptObservation[]
  /** The gravest judgement at any observation from the change on, the newest of equals; undefined: nothing for a person. */
  readonly best: Judgement | undefined
  readonly isInstant: boolean
  /** Some event has no signal yet. */
  readonly awaitsSignal: boolean
  /** Older observations than can be looked at were left out. */
  readonly isCut: boolean
}

/**
 * Judges a subject at each of its observations from `fromMs` on, as it stood at that moment by the appliance's clock. So
 * the order in which events arrive makes no difference: one that comes late is put in its place, and what followed is
 * judged anew.
 */
export function judgeSubject(
  deps: {
    readonly judge: Judge
    readonly observations: Pick<ObservationTable, 'between'>
    readonly limits: Pick<AlertLimits, 'lookBackMs' | 'observationsMax'>
  },
  key: AlertKey,
  fromMs: number,
): Found {
  const { judge, observations, limits } = deps
  const span = limits.lookBackMs
  const rows = observations.between(key, fromMs - span, fromMs + span, limits.observationsMax)
  const seen = rows.map(({ observation }) => observation)
  let best: Judgement | undefined
  let isInstant = false
  for (const [index, { at }] of rows.entries()) {
    if (at < fromMs) continue
    const first = seen.findIndex((one) => one.at > at - span)
    const judgement = judge(key.theme, seen.slice(first, index + 1), at)
    if (judgement === undefined) continue
    isInstant ||= mustBeToldAtOnce(judgement)
    if (best === undefined || !isGraver(best.severity, judgement.severity)) best = judgement
  }
  const awaitsSignal = rows.some(({ at, hasSignal }) => at >= fromMs && !hasSignal)
  return { rows, best, isInstant, awaitsSignal, isCut: rows.length >= limits.observationsMax }
}

/** The clocks of Critical and Urgent leave no time to collect. */
function mustBeToldAtOnce({ isInstant, severity }: Judgement): boolean {
  return isInstant || severity === 'critical' || severity === 'urgent'
}
