import type { Sqlite } from '#platform/sqlite.ts'
import type { AlertRaised, Escalations } from '../escalations.ts'
import { isInterrupting } from './next-step.ts'

/**
 * Writes the durable rows from which the ladder is climbed; it tells nobody by itself, so that no message leaves for an alert whose
 * transaction fails. Call it inside that transaction, on the same connection.
 */
export function makeEscalations(db: Sqlite): Pick<Escalations, 'raise' | 'settle'> {
  const put = db.prepare<[string, string, string, string, number, string, number, number]>(
    `INSERT INTO escalation (tenant_id, alert, round, queue, severity, raised_at, state, due_at, is_trial, is_unreachable)
     VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, 0)
     ON CONFLICT (tenant_id, alert) DO UPDATE SET round = round + 1, queue = excluded.queue, severity = excluded.severity,
       raised_at = excluded.raised_at, state = excluded.state, due_at = excluded.due_at, is_trial = excluded.is_trial,
       is_unreachable = 0, settled_at = NULL`,
  )
  const isKnown = db.prepare<[string, string]>(
    'SELECT 1 FROM escalation WHERE tenant_id = ? AND alert = ?',
  )
  const end = db.prepare<[number, string, string]>(
    `UPDATE escalation SET state = 'settled', settled_at = ? WHERE tenant_id = ? AND alert = ? AND state <> 'settled'`,
  )
  const leave = leaveOpenNotices(db)
  return {
    raise: ({ tenant, alert, queue, severity, isTrial, atMs, cause }: AlertRaised) => {
      // What was opened once is not opened again: told twice by whoever raises it, it is one alert.
      if (cause === 'opened' && isKnown.get(tenant, alert) !== undefined) return
      leave(tenant, alert)
      const state = isInterrupting(severity) ? 'climbing' : 'digest'
      put.run(tenant, alert, queue, severity, atMs, state, atMs, Number(isTrial))
    },
    settle: (tenant, alert, atMs) => {
      end.run(atMs, tenant, alert)
      leave(tenant, alert)
    },
  }
}

/** Takes an alert out of messages of which no attempt was made, and ends messages that tell of nothing any more. */
function leaveOpenNotices(db: Sqlite): (tenant: string, alert: string) => void {
  const remove = db.prepare<[string, string]>(
    `DELETE FROM notice_alert WHERE tenant_id = ? AND alert = ?
       AND EXISTS (SELECT 1 FROM notice n WHERE n.tenant_id = notice_alert.tenant_id AND n.id = notice AND n.sealed_at IS NULL)`,
  )
  const cancel = db.prepare<[string, string]>(
    `UPDATE delivery SET state = 'cancelled' WHERE tenant_id = ? AND state = 'waiting' AND EXISTS (
       SELECT 1 FROM notice n WHERE n.tenant_id = delivery.tenant_id AND n.id = notice AND n.kind = 'alert'
         AND NOT EXISTS (
           SELECT 1 FROM notice_alert a JOIN escalation e ON e.tenant_id = a.tenant_id AND e.alert = a.alert
           WHERE a.tenant_id = n.tenant_id AND a.notice = n.id AND e.state <> 'settled' AND e.round = a.round AND e.alert <> ?))`,
  )
  return (tenant, alert) => {
    remove.run(tenant, alert)
    cancel.run(tenant, alert)
  }
}
