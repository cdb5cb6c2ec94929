import type { Sqlite } from '#platform/sqlite.ts'

/** Notices that nobody of a step can be reached, so that the ladder does not wait for them. */
export interface Reach {
  /** Whether a message tells of something that waits for somebody, or of no alert at all. */
  isWanted(notice: string): boolean
  /** All places of a message have failed. */
  noteLost(notice: string): void
}

export function makeReach(db: Sqlite, tenant: string): Reach {
  const isOpen = db.prepare<[string, string]>(
    `SELECT 1 FROM delivery WHERE tenant_id = ? AND notice = ? AND state IN ('waiting', 'claimed', 'sent')`,
  )
  const lost = db.prepare<[string, string]>(
    `UPDATE escalation SET is_unreachable = 1, due_at = 0 WHERE tenant_id = ? AND state = 'climbing' AND EXISTS (
       SELECT 1 FROM notice_alert a WHERE a.tenant_id = escalation.tenant_id AND a.notice = ? AND a.alert = escalation.alert
         AND a.round = escalation.round
         AND a.number = (SELECT max(s.number) FROM escalation_step s
           WHERE s.tenant_id = a.tenant_id AND s.alert = a.alert AND s.round = a.round)
         AND NOT EXISTS (
           SELECT 1 FROM notice_alert b JOIN delivery d ON d.tenant_id = b.tenant_id AND d.notice = b.notice
           WHERE b.tenant_id = a.tenant_id AND b.alert = a.alert AND b.round = a.round AND b.number = a.number
             AND d.state IN ('waiting', 'claimed', 'sent')))`,
  )
  const isWanted = db.prepare<[string, string]>(
    `SELECT 1 FROM notice n WHERE n.tenant_id = ? AND n.id = ? AND (n.kind <> 'alert' OR EXISTS (
       SELECT 1 FROM notice_alert a JOIN escalation e ON e.tenant_id = a.tenant_id AND e.alert = a.alert AND e.round = a.round
       WHERE a.tenant_id = n.tenant_id AND a.notice = n.id AND e.state <> 'settled'))`,
  )
  return {
    isWanted: (notice) => isWanted.get(tenant, notice) !== undefined,
    noteLost: (notice) => {
      if (isOpen.get(tenant, notice) === undefined) lost.run(tenant, notice)
    },
  }
}
