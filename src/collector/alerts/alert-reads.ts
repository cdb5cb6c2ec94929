import type { EventBody, SafeguardingBody } from '#domain/event.ts'
import { isSafeguarding } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import type { Queue } from './alert.ts'
import { type KeptHistoryRow, readHistory } from './alert-history.ts'
import type { AlertRecord } from './alert-record.ts'
import { ALERT_COLUMNS, type AlertRow, readAlert } from './alert-table.ts'

/** An event of an alert. */
export interface AlertEvent {
  readonly id: string
  readonly appliance: string
  readonly body: SafeguardingBody
}

/** What pages read of alerts. */
export interface AlertReads {
  /** The gravest first, then the newest. */
  readonly open: (
    tenant: string,
    queues: readonly Queue[],
    limit: number,
  ) => readonly (AlertRecord & { readonly events: number })[]
  readonly openCounts: (
    tenant: string,
  ) => readonly { readonly severity: Severity; readonly queue: Queue; readonly count: number }[]
  readonly alert: (
    tenant: string,
    id: string,
  ) => (AlertRecord & { readonly events: number }) | undefined
  /** Newest first; lookups only. */
  readonly events: (tenant: string, id: string, limit: number) => readonly AlertEvent[]
  /** Oldest first. */
  readonly history: (tenant: string, id: string, limit: number) => readonly KeptHistoryRow[]
}

type CountedRow = AlertRow & { readonly events: number }

const EVENTS = `(SELECT count(*) FROM alert_event WHERE alert_event.tenant_id = alert.tenant_id AND alert_id = alert.id) AS events`
const GRAVITY = `CASE severity ${SEVERITIES.map((one, index) => `WHEN '${one}' THEN ${index}`).join(' ')} END`

export function makeAlertReads(db: Sqlite): AlertReads {
  const open = db.prepare<[string, string, number], CountedRow>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM alert
     WHERE tenant_id = ? AND state <> 'closed' AND queue IN (SELECT value FROM json_each(?))
     ORDER BY ${GRAVITY}, opened_at DESC LIMIT ?`,
  )
  const counts = db.prepare<[string], { severity: Severity; queue: Queue; count: number }>(
    `SELECT severity, queue, count(*) AS count FROM alert
     WHERE tenant_id = ? AND state <> 'closed' GROUP BY severity, queue`,
  )
  const one = db.prepare<[string, string], CountedRow>(
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
  const counted = ({ events: total, ...row }: CountedRow) => ({ ...readAlert(row), events: total })
  return {
    open: (tenant, queues, limit) => open.all(tenant, JSON.stringify(queues), limit).map(counted),
    openCounts: (tenant) => counts.all(tenant),
    alert: (tenant, id) => {
      const row = one.get(tenant, id)
      return row && counted(row)
    },
    events: (tenant, id, limit) =>
      events.all(tenant, id, limit).flatMap(({ body: text, ...rest }) => {
        const body: EventBody = JSON.parse(text)
        return isSafeguarding(body) ? [{ ...rest, body }] : []
      }),
    history: (tenant, alert, limit) => readHistory(db, { tenant, alert, limit }),
  }
}
