import { isFalsePositive } from './decision.ts'
import { type AlertChange, tellAgain } from './raise-alert.ts'
import { type SettleDeps, settleSubject } from './settle-subject.ts'

/** What time brings, without any event: collection windows that end, and holds behind which more was seen. In the desk's transaction. */
export function makeLookAgain(deps: SettleDeps): (nowMs: number) => AlertChange[] {
  const { alerts, pendings } = deps
  const { limits } = deps.settings
  return (nowMs) => {
    const settled = pendings.due(nowMs, limits.dueMax).map((pending) => {
      const { since, fromAt } = pending
      const isDue = nowMs - since >= limits.collectMs || since > nowMs
      return settleSubject(deps, pending, fromAt, { nowMs, isLook: true, isDue })
    })
    const again = alerts.seenAgain(nowMs - limits.holdMs, limits.dueMax).map((record) => {
      // What was found to be false was seen again: the digest counts it, nobody is told.
      if (!isFalsePositive(record.decision)) return tellAgain(deps, record, nowMs)
      alerts.write({ ...record, seenAgainAt: undefined })
      return undefined
    })
    return [...settled, ...again].filter((one) => one !== undefined)
  }
}
