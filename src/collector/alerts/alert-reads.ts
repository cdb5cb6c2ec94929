import type { EventBody, SafeguardingBody } from '#domain/event.ts'
import { isSafeguarding } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { Queue } from './alert.ts'
import { type KeptHistoryRow, readHistory } from './alert-history.ts'
import {
  type AlertList,
  type CountedAlert,
  countedAlert,
  EVENTS,
  makeAlertList,
} from './alert-list.ts'
import { type AlertSurroundings, makeAlertSurroundings } from './alert-surroundings.ts'
import { ALERT_COLUMNS, type AlertRow } from './alert-table.ts'

/** An event of an alert. */
export interface AlertEvent {
  readonly id: string
  readonly appliance: string
  readonly body: SafeguardingBody
}

/** What pages read of alerts. */
export interface AlertReads extends AlertList, AlertSurroundings {
  readonly openCounts: (
    tenant: string,
  ) => readonly { readonly severity: Severity; readonly queue: Queue; readonly count: number }[]
  readonly alert: (tenant: string, id: string) => CountedAlert | undefined
  /** Newest first; lookups only. */
  readonly events: (tenant: string, id: string, limit: number) => readonly AlertEvent[]
  /** Oldest first. */
  readonly history: (tenant: string, id: string, limit: number) => readonly KeptHistoryRow[]
}

export function makeAlertReads(db: Sqlite): AlertReads {
  const counts = db.prepare<[string], { severity: Severity; queue: Queue; count: number }>(
    `SELECT severity, queue, count(*) AS count FROM alert
     WHERE tenant_id = ? AND state <> 'closed' GROUP BY severity, queue`,
  )
  const one = db.prepare<[string, string], AlertRow & { readonly events: number }>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM alert WHERE tenant_id = ? AND id = ?`,
  )
  const events = db.prepare<
    [string, string, number],
    { id: string; appliance: string; body: string }
  >(
    `SELECT event.id AS id, appliance, body FROM alert_event
     JOIN event ON event.tenant_id = alert_event.tenant_id AND event.id = alert_event.event_id
     JOIN event_revision ON event_revision.tenant_id = event.tenant_id
       AND event_revision.event_id = event.id AND event_revision.revision = event.revision
     WHERE alert_event.tenant_id = ? AND alert_id = ? ORDER BY event.at DESC LIMIT ?`,
  )
  return {
    ...makeAlertList(db),
    ...makeAlertSurroundings(db),
    openCounts: (tenant) => counts.all(tenant),
    alert: (tenant, id) => {
      const row = one.get(tenant, id)
      return row && countedAlert(row)
    },
    events: (tenant, id, limit) =>
      events.all(tenant, id, limit).flatMap(({ body: text, ...rest }) => {
        const body: EventBody = JSON.parse(text)
        return isSafeguarding(body) ? [{ ...rest, body }] : []
      }),
    history: (tenant, alert, limit) => readHistory(db, { tenant, alert, limit }),
  }
}
