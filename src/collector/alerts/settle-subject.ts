import { type Judge, NEVER_SET_ASIDE } from '#safeguarding/judge.ts'
import { judgeSubject } from './judge-subject.ts'
import { type AlertKey, ASSUMED_INTENT } from './observation-of.ts'
import type { ObservationTable } from './observation-table.ts'
import type { PendingTable } from './pending-table.ts'
import { type AlertChange, absorb, isHeld, openAlert, type RaiseDeps } from './raise-alert.ts'

export interface SettleDeps extends RaiseDeps {
  readonly judge: Judge
  readonly observations: ObservationTable
  readonly pendings: PendingTable
  /** Told where older observations were left out. */
  readonly noteCut: () => void
}

export interface Moment {
  readonly nowMs: number
  /** Time brought it, no event. */
  readonly isLook: boolean
  /** Its collection window has ended. */
  readonly isDue: boolean
}

/** Judges a subject in a theme from a change on, and does what follows. Inside the desk's transaction. */
export function settleSubject(
  deps: SettleDeps,
  key: AlertKey,
  changedAt: number,
  { nowMs, isLook, isDue }: Moment,
): AlertChange | undefined {
  const { alerts, observations, pendings, settings } = deps
  const { limits } = settings
  const pending = pendings.read(key)
  const fromAt = Math.min(changedAt, pending?.fromAt ?? changedAt)
  if (isLook)
    observations.assume(key, { fromAt, nowMs, waitMs: limits.signalWaitMs }, ASSUMED_INTENT)
  const found = judgeSubject({ ...deps, limits }, key, fromAt)
  if (found.isCut) deps.noteCut()
  const newest = found.rows.at(-1)
  if (newest === undefined) {
    pendings.drop(key)
    return undefined
  }
  const current = alerts.current(key)
  const linked = alerts.linkedAmong(
    key.tenant,
    found.rows.map(({ event }) => event),
  )
  const rows = found.rows.filter(({ event }) => !linked.has(event))
  // What is known better of events that were closed over is no news, unless it is graver.
  const takes =
    current !== undefined &&
    (current.state !== 'closed' || rows.length === 0 || isHeld(current, nowMs, limits.holdMs))
  const { best } = found
  const isTime = isDue || found.isInstant
  const waits = found.awaitsSignal || (best !== undefined && !takes && !isTime)
  if (isDue || !waits) pendings.drop(key)
  if (waits) {
    const endsAt = (isDue ? nowMs : (pending?.since ?? nowMs)) + limits.collectMs
    const isUrgent = found.awaitsSignal && NEVER_SET_ASIDE.includes(key.theme)
    const dueAt = isUrgent ? Math.min(endsAt, nowMs + limits.signalWaitMs) : endsAt
    if (isLook && !isDue) pendings.postpone(key, dueAt)
    else pendings.begin(key, fromAt, { nowMs, dueAt })
  }
  const lastAt = Math.max(...found.rows.filter(({ at }) => at >= fromAt).map((one) => one.lastAt))
  const more = { key, subject: newest.subject, rows, lastAt }
  if (takes) return absorb(deps, current, { ...more, judgement: best }, nowMs)
  if (best === undefined || !isTime) return undefined
  return openAlert(deps, { ...more, judgement: best }, nowMs)
}
