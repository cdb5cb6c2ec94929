import type { Sqlite } from '#platform/sqlite.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { Queue } from '../../alerts/alert.ts'
import type { Notices, Tone } from '../delivery/notices.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { NotifySettings } from '../settings/notify-settings.ts'
import {
  type EscalationState,
  type NextStep,
  nextStep,
  type StepKind,
  type StepTaken,
} from './next-step.ts'

export interface Climb {
  /** Takes the steps that are due, each in a transaction; tells how many. */
  climb(settings: NotifySettings, nowMs: number): number
  /** Works every ladder out again: after a start, and when the people or their hours have changed. */
  readonly reconsider: () => void
}

interface EscalationRow {
  readonly alert: string
  readonly round: number
  readonly queue: Queue
  readonly severity: Severity
  readonly raisedAtMs: number
  readonly isTrial: number
  readonly isUnreachable: number
}
interface StepRow {
  readonly kind: StepKind
  readonly persons: string
  readonly atMs: number
}

/** Climbs the ladders of one tenant. */
export function makeClimb(db: Sqlite, tenant: string, notices: Notices): Climb {
  const { due, steps, addStep, setState, reached, again } = prepareLadders(db)
  const note = (row: EscalationRow, next: NextStep): void => {
    if (next.kind === 'tell') setState.run('climbing', next.atMs, tenant, row.alert)
    else setState.run(next.kind, 0, tenant, row.alert)
  }
  const take = (row: EscalationRow, settings: NotifySettings, nowMs: number): boolean => {
    const taken = steps.all(tenant, row.alert, row.round).map(stepTaken)
    const step = nextStep(settings, stateOf(row, taken), nowMs)
    if (step.kind !== 'tell' || step.atMs > nowMs) {
      note(row, step)
      return false
    }
    const { step: kind, persons, seenAtMs } = step
    const number = taken.length
    addStep.run(tenant, row.alert, row.round, number, kind, persons.join(' '), nowMs)
    const seen = seenAtMs === undefined ? {} : { seenAtMs }
    const { alert, round, severity } = row
    for (const person of settings.people.filter(({ id }) => persons.includes(id)))
      notices.tellOf(
        { alert, round, number },
        {
          person,
          severity,
          tone: row.isTrial === 1 ? 'trial' : toneOf(kind, taken),
          nowMs,
          ...seen,
        },
      )
    reached.run(tenant, alert)
    const after = [...taken, { kind, persons, atMs: nowMs }]
    note(row, nextStep(settings, { ...stateOf(row, after), isUnreachable: false }, nowMs))
    return true
  }
  const takeOne = db.transaction(take)
  return {
    climb: (settings, nowMs) =>
      due
        .all(tenant, nowMs, NOTIFY_LIMITS.stepsPerLook)
        .filter((row) => takeOne.immediate(row, settings, nowMs)).length,
    reconsider: () => {
      again.run(tenant)
    },
  }
}

function stateOf(row: EscalationRow, taken: readonly StepTaken[]): EscalationState {
  const { queue, severity, raisedAtMs } = row
  const [isTrial, isUnreachable] = [row.isTrial === 1, row.isUnreachable === 1]
  return { queue, severity, raisedAtMs, isTrial, isUnreachable, taken }
}

function stepTaken({ kind, persons, atMs }: StepRow): StepTaken {
  return { kind, persons: persons.split(' '), atMs }
}

/** The first who is asked to look is asked, those after him are told that nobody has. */
function toneOf(kind: StepKind, taken: readonly StepTaken[]): Tone {
  switch (kind) {
    case 'forewarning':
    case 'duty':
      return kind
    case 'morning':
      return 'still-open'
    case 'ladder':
      return taken.some((step) => step.kind !== 'forewarning') ? 'passed-on' : 'now'
    default:
      return kind satisfies never
  }
}

function prepareLadders(db: Sqlite) {
  const due = db.prepare<[string, number, number], EscalationRow>(
    `SELECT alert, round, queue, severity, raised_at AS raisedAtMs, is_trial AS isTrial, is_unreachable AS isUnreachable FROM escalation
     WHERE tenant_id = ? AND state = 'climbing' AND due_at <= ? ORDER BY due_at LIMIT ?`,
  )
  const steps = db.prepare<[string, string, number], StepRow>(
    'SELECT kind, persons, at AS atMs FROM escalation_step WHERE tenant_id = ? AND alert = ? AND round = ? ORDER BY number',
  )
  const addStep = db.prepare<[string, string, number, number, string, string, number]>(
    'INSERT INTO escalation_step VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const setState = db.prepare<[string, number, string, string]>(
    'UPDATE escalation SET state = ?, due_at = ? WHERE tenant_id = ? AND alert = ?',
  )
  const reached = db.prepare<[string, string]>(
    'UPDATE escalation SET is_unreachable = 0 WHERE tenant_id = ? AND alert = ?',
  )
  const again = db.prepare<[string]>(
    `UPDATE escalation SET state = 'climbing', due_at = 0 WHERE tenant_id = ? AND state IN ('climbing', 'nobody')`,
  )
  return { due, steps, addStep, setState, reached, again }
}
