import type { Sqlite } from '#platform/sqlite.ts'

/** Deletes messages made before a moment, and ladders that ended before it, with all that hangs on them. */
export function makePrune(db: Sqlite, tenant: string): (beforeMs: number) => void {
  const run = (beforeMs: number): void => {
    for (const table of ['notice_alert', 'delivery', 'delivery_attempt'])
      db.prepare(
        `DELETE FROM ${table} WHERE tenant_id = ? AND notice IN (SELECT id FROM notice WHERE tenant_id = ? AND made_at < ?)`,
      ).run(tenant, tenant, beforeMs)
    db.prepare('DELETE FROM notice WHERE tenant_id = ? AND made_at < ?').run(tenant, beforeMs)
    const old = `tenant_id = ? AND raised_at < ? AND state IN ('settled', 'digest')`
    db.prepare(
      `DELETE FROM escalation_step WHERE tenant_id = ? AND alert IN (SELECT alert FROM escalation WHERE ${old})`,
    ).run(tenant, tenant, beforeMs)
    db.prepare(`DELETE FROM escalation WHERE ${old}`).run(tenant, beforeMs)
  }
  const all = db.transaction(run)
  return (beforeMs) => all.immediate(beforeMs)
}
