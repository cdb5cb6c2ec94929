/** Which command an alert may be given in which state, and what it must then have: the whole state machine, as data. */
import { alertHistory } from '#console/words/alert-history.ts'
import { alertProblems } from '#console/words/alert-problems.ts'
import { ALERT_STATES, type AlertState, OPEN_STATES } from './alert.ts'
import type { CommandKind } from './alert-command.ts'
import type { Change } from './alert-history.ts'
import type { AlertRecord } from './alert-record.ts'

export type Requirement = 'decision' | 'reason' | 'action' | 'outcome' | 'caseReference'

/** What a change may demand of an alert, each with the words by which its lack is told. */
export const REQUIREMENTS: Readonly<Record<Requirement, string>> = alertProblems.requirements

export interface Transition {
  readonly from: readonly AlertState[]
  /** Absent: it stays as it is. */
  readonly to?: AlertState
  readonly change: Change
  readonly needs?: readonly Requirement[]
  /** Ends the ladder. */
  readonly settles?: true
}

const OPEN = OPEN_STATES
const ANY = ALERT_STATES

export const TRANSITIONS: Readonly<Record<CommandKind, Transition>> = {
  acknowledge: { from: ['new'], to: 'acknowledged', change: 'acknowledged', settles: true },
  review: { from: ['acknowledged'], to: 'in-review', change: 'review-begun' },
  decide: { from: ['in-review'], change: 'decided', needs: ['decision', 'reason'] },
  act: {
    from: ['in-review'],
    to: 'actioned',
    change: 'acted',
    needs: ['decision', 'reason', 'action'],
  },
  close: {
    from: ['acknowledged', 'in-review', 'actioned'],
    to: 'closed',
    change: 'closed',
    needs: ['decision', 'reason', 'action', 'outcome'],
    settles: true,
  },
  assign: { from: OPEN, change: 'assigned' },
  'await-information': {
    from: ['acknowledged', 'in-review', 'actioned'],
    change: 'information-awaited',
  },
  'information-came': {
    from: ['acknowledged', 'in-review', 'actioned'],
    change: 'information-came',
  },
  escalate: { from: OPEN, change: 'escalated' },
  merge: { from: OPEN, to: 'closed', change: 'merged', settles: true },
  split: { from: OPEN, change: 'split' },
  reopen: { from: ['closed'], to: 'new', change: 'reopened' },
  hold: { from: ANY, change: 'held' },
  'release-hold': { from: ANY, change: 'hold-released' },
  note: { from: ANY, change: 'noted' },
}

/** Whether an alert takes a command as it stands; what the command must say is another matter. */
export function mayBeGiven(
  kind: CommandKind,
  record: Pick<AlertRecord, 'state' | 'severity' | 'isTrial' | 'mergedInto'>,
): boolean {
  if (record.mergedInto !== undefined) return false
  if (TRANSITIONS[kind].from.includes(record.state)) return true
  return kind === 'close' && record.state === 'new' && mayCloseAtOnce(record)
}

/** What a command needs and the alert has not; of the alert with what the command says filled in, what is missing. */
export function lacksOf(
  kind: CommandKind,
  record: Pick<AlertRecord, Requirement>,
): readonly Requirement[] {
  const { needs = [] } = TRANSITIONS[kind]
  const asConcern: readonly Requirement[] =
    kind === 'close' && record.decision === 'concern' ? ['caseReference'] : []
  return [...needs, ...asConcern].filter((need) => (record[need] ?? '').trim() === '')
}

/** A Low alert, and one of a trial, may be closed as it comes, in two clicks: nobody need acknowledge it first, and words stand ready. */
export function mayCloseAtOnce({
  severity,
  isTrial,
}: Pick<AlertRecord, 'severity' | 'isTrial'>): boolean {
  return severity === 'low' || isTrial
}

/** What stands for such an alert where a person wrote nothing; never for a concern. */
export function wordsAtOnce({
  isTrial,
}: Pick<AlertRecord, 'isTrial'>): Readonly<Record<'reason' | 'action' | 'outcome', string>> {
  return isTrial ? alertHistory.trial : alertHistory.low
}
