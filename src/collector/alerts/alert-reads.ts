import type { EventBody, SafeguardingBody } from '#domain/event.ts'
import { isSafeguarding } from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import type { Queue } from './alert.ts'
import { type KeptHistoryRow, readAllHistory, readHistory, verifyChain } from './alert-history.ts'
import type { AlertRecord } from './alert-record.ts'
import { ALERT_COLUMNS, type AlertRow, readAlert } from './alert-table.ts'

/** An event of an alert. */
export interface AlertEvent {
  readonly id: string
  readonly appliance: string
  readonly body: SafeguardingBody
}

/** Whose open alerts are asked for. */
export interface OpenAsked {
  readonly queues: readonly Queue[]
  readonly assignedTo: string | undefined
  readonly isHead: boolean
}

/** What pages read of alerts. */
export interface AlertReads {
  /** The gravest first, then the newest: whole queues, and of pupils' alerts those assigned to somebody, or that a head was told of. */
  readonly open: (
    tenant: string,
    of: OpenAsked,
    limit: number,
  ) => readonly (AlertRecord & { readonly events: number })[]
  readonly openCounts: (
    tenant: string,
  ) => readonly { readonly severity: Severity; readonly queue: Queue; readonly count: number }[]
  readonly alert: (
    tenant: string,
    id: string,
  ) => (AlertRecord & { readonly events: number }) | undefined
  /** Whether the ladder came to a head. */
  readonly wasHeadTold: (tenant: string, id: string) => boolean
  /** Users whom its events name, however sure that is. */
  readonly usersOf: (tenant: string, id: string) => readonly string[]
  /** Alerts that took an event. */
  readonly alertsOf: (tenant: string, event: string) => readonly string[]
  /** Newest first; lookups only. */
  readonly events: (tenant: string, id: string, limit: number) => readonly AlertEvent[]
  /** Oldest first. */
  readonly history: (tenant: string, id: string, limit: number) => readonly KeptHistoryRow[]
  /** As `verifyChain`. */
  readonly verifyHistory: (tenant: string) => number | Failure<'broken-chain'>
  /** Of all alerts, newest first, older than a sequence. */
  readonly allHistory: (tenant: string, before: number, limit: number) => readonly KeptHistoryRow[]
}

type CountedRow = AlertRow & { readonly events: number }

const EVENTS = `(SELECT count(*) FROM alert_event WHERE alert_event.tenant_id = alert.tenant_id AND alert_id = alert.id) AS events`
const GRAVITY = `CASE severity ${SEVERITIES.map((one, index) => `WHEN '${one}' THEN ${index}`).join(' ')} END`

/** Steps of the ladder that told one of some persons, whose ids come as a JSON array; ids hold no spaces. */
const TOLD = `SELECT 1 FROM escalation_step JOIN json_each(?)
  ON instr(' ' || persons || ' ', ' ' || value || ' ') > 0
  WHERE escalation_step.tenant_id = alert.tenant_id AND escalation_step.alert = alert.id`

/** `headPersons` are the ids of the heads whom the ladder tells. */
export function makeAlertReads(
  db: Sqlite,
  headPersons: () => readonly string[] = () => [],
): AlertReads {
  const open = db.prepare<[string, string, string | null, string, number], CountedRow>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM alert
     WHERE tenant_id = ? AND state <> 'closed' AND
       (queue IN (SELECT value FROM json_each(?)) 
         OR (queue = 'safeguarding' AND (assigned_to = ? OR EXISTS (${TOLD}))))
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
  const headTold = db.prepare<[string, string, string], { id: string }>(
    `SELECT id FROM alert WHERE tenant_id = ? AND id = ? AND EXISTS (${TOLD})`,
  )
  const counted = ({ events: total, ...row }: CountedRow) => ({ ...readAlert(row), events: total })
  return {
    open: (tenant, { queues, assignedTo, isHead }, limit) => {
      const told = JSON.stringify(isHead ? headPersons() : [])
      return open.all(tenant, JSON.stringify(queues), assignedTo ?? null, told, limit).map(counted)
    },
    wasHeadTold: (tenant, id) =>
      headTold.get(tenant, id, JSON.stringify(headPersons())) !== undefined,
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
    ...makeLinkReads(db),
    ...makeHistoryReads(db),
  }
}

function makeLinkReads(db: Sqlite): Pick<AlertReads, 'usersOf' | 'alertsOf'> {
  const users = db.prepare<[string, string], { user: string }>(
    `SELECT DISTINCT json_extract(body, '$.client.user') AS user FROM alert_event
     JOIN event_revision ON event_revision.tenant_id = alert_event.tenant_id
       AND event_revision.event_id = alert_event.event_id
     WHERE alert_event.tenant_id = ? AND alert_id = ? AND user IS NOT NULL`,
  )
  const alertsOf = db.prepare<[string, string], { id: string }>(
    'SELECT alert_id AS id FROM alert_event WHERE tenant_id = ? AND event_id = ?',
  )
  return {
    usersOf: (tenant, id) => users.all(tenant, id).map(({ user }) => user),
    alertsOf: (tenant, event) => alertsOf.all(tenant, event).map(({ id }) => id),
  }
}

function makeHistoryReads(
  db: Sqlite,
): Pick<AlertReads, 'history' | 'verifyHistory' | 'allHistory'> {
  return {
    history: (tenant, alert, limit) => readHistory(db, { tenant, alert, limit }),
    verifyHistory: (tenant) => verifyChain(db, tenant),
    allHistory: (tenant, before, limit) => readAllHistory(db, { tenant, before, limit }),
  }
}
