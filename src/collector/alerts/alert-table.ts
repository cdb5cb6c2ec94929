import type { Sqlite } from '#platform/sqlite.ts'
import type { Subject } from './alert.ts'
import type { AlertReasons, AlertRecord } from './alert-record.ts'
import type { AlertKey } from './observation-of.ts'

/** The rows of alerts and which events they took. Writes belong inside the desk's transaction. */
export interface AlertTable {
  readonly read: (tenant: string, id: string) => AlertRecord | undefined
  /** Writes it as it is now, new or known. */
  readonly write: (record: AlertRecord) => void
  /** The alert that takes what comes next: the open one, or the last that was closed. */
  readonly current: (key: AlertKey) => AlertRecord | undefined
  readonly makeCurrent: (key: AlertKey, alert: string) => void
  /** Subjects and themes for which this alert is the current one. */
  readonly keysOf: (tenant: string, alert: string) => readonly AlertKey[]
  /** False where the event was linked before. */
  readonly link: (
    record: { readonly tenant: string; readonly id: string },
    event: string,
    nowMs: number,
  ) => boolean
  readonly unlink: (record: { readonly tenant: string; readonly id: string }, event: string) => void
  readonly linkedAmong: (tenant: string, events: readonly string[]) => ReadonlySet<string>
  /** In no order; at most `limit`. */
  readonly eventsOf: (tenant: string, alert: string, limit: number) => readonly string[]
  /** Closed alerts that were seen again and last told before. */
  readonly seenAgain: (toldBeforeMs: number, limit: number) => readonly AlertRecord[]
}

/** The columns by their name in `AlertRecord`, in the order of the table. */
const FIELDS = {
  tenant: 'tenant_id',
  id: 'id',
  queue: 'queue',
  theme: 'theme',
  severity: 'severity',
  state: 'state',
  subject: 'subject',
  group: 'group_name',
  firstAt: 'first_at',
  lastAt: 'last_at',
  openedAt: 'opened_at',
  toldAt: 'told_at',
  acknowledgedAt: 'acknowledged_at',
  closedAt: 'closed_at',
  seenAgainAt: 'seen_again_at',
  isLate: 'is_late',
  isSimulated: 'is_simulated',
  isTrial: 'is_trial',
  hasLegalHold: 'has_legal_hold',
  pupils: 'pupils',
  reasons: 'judgement',
  assignedTo: 'assigned_to',
  awaiting: 'awaiting',
  escalatedTo: 'escalated_to',
  mergedInto: 'merged_into',
  decision: 'decision',
  reason: 'reason',
  action: 'action',
  outcome: 'outcome',
  caseReference: 'case_reference',
} as const satisfies Record<keyof AlertRecord, string>

/** For reading whole alerts, in any query. */
export const ALERT_COLUMNS: string = Object.entries(FIELDS)
  .map(([field, column]) => `alert.${column} AS "${field}"`)
  .join(', ')

type Stored<T> = T extends boolean
  ? number
  : T extends undefined
    ? null
    : T extends string | number
      ? T
      : string
export type AlertRow = { readonly [K in keyof AlertRecord]: Stored<AlertRecord[K]> }

const columns = Object.values(FIELDS)
const WRITE = `INSERT INTO alert (${columns.join(', ')}) VALUES (${Object.keys(FIELDS)
  .map((field) => `@${field}`)
  .join(', ')}) ON CONFLICT (tenant_id, id) DO UPDATE SET ${columns
  .filter((column) => column !== 'tenant_id' && column !== 'id')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')}`

export function makeAlertTable(db: Sqlite): AlertTable {
  const read = db.prepare<[string, string], AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alert WHERE tenant_id = ? AND id = ?`,
  )
  const write = db.prepare<[AlertRow]>(WRITE)
  const current = db.prepare<[string, string, string, string], AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alert_subject
     JOIN alert ON alert.tenant_id = alert_subject.tenant_id AND alert.id = alert_id
     WHERE alert_subject.tenant_id = ? AND subject_key = ? AND alert_subject.theme = ? AND alert_subject.queue = ?`,
  )
  const makeCurrent = db.prepare<[string, string, string, string, string]>(
    'INSERT INTO alert_subject VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET alert_id = excluded.alert_id',
  )
  const keysOf = db.prepare<[string, string], AlertKey>(
    `SELECT tenant_id AS tenant, subject_key AS subjectKey, theme, queue FROM alert_subject
     WHERE tenant_id = ? AND alert_id = ?`,
  )
  const seenAgain = db.prepare<[number, number], AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alert WHERE seen_again_at IS NOT NULL AND told_at <= ? LIMIT ?`,
  )
  const recordOf = (row: AlertRow | undefined): AlertRecord | undefined => row && readAlert(row)
  return {
    read: (tenant, id) => recordOf(read.get(tenant, id)),
    write: (record) => {
      write.run(rowOf(record))
    },
    current: ({ tenant, subjectKey, theme, queue }) =>
      recordOf(current.get(tenant, subjectKey, theme, queue)),
    makeCurrent: ({ tenant, subjectKey, theme, queue }, alert) => {
      makeCurrent.run(tenant, subjectKey, theme, queue, alert)
    },
    keysOf: (tenant, alert) => keysOf.all(tenant, alert),
    seenAgain: (toldBeforeMs, limit) => seenAgain.all(toldBeforeMs, limit).map(readAlert),
    ...makeLinks(db),
  }
}

type Links = Pick<AlertTable, 'link' | 'unlink' | 'linkedAmong' | 'eventsOf'>

function makeLinks(db: Sqlite): Links {
  const link = db.prepare<[string, string, string, number]>(
    'INSERT INTO alert_event VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const unlink = db.prepare<[string, string, string]>(
    'DELETE FROM alert_event WHERE tenant_id = ? AND alert_id = ? AND event_id = ?',
  )
  // The trend of a school shares its events with the alerts of pupils.
  const linkedAmong = db.prepare<[string, string], { event: string }>(
    `SELECT event_id AS event FROM alert_event
     JOIN alert ON alert.tenant_id = alert_event.tenant_id AND alert.id = alert_id
     WHERE alert_event.tenant_id = ? AND event_id IN (SELECT value FROM json_each(?)) AND pupils = 0`,
  )
  const eventsOf = db.prepare<[string, string, number], { event: string }>(
    'SELECT event_id AS event FROM alert_event WHERE tenant_id = ? AND alert_id = ? LIMIT ?',
  )
  return {
    link: ({ tenant, id }, event, nowMs) => link.run(tenant, id, event, nowMs).changes === 1,
    unlink: ({ tenant, id }, event) => {
      unlink.run(tenant, id, event)
    },
    linkedAmong: (tenant, events) =>
      new Set(linkedAmong.all(tenant, JSON.stringify(events)).map(({ event }) => event)),
    eventsOf: (tenant, alert, limit) =>
      eventsOf.all(tenant, alert, limit).map(({ event }) => event),
  }
}

/** A row as `ALERT_COLUMNS` reads it. */
export function readAlert(row: AlertRow): AlertRecord {
  const subject: Subject = JSON.parse(row.subject)
  const reasons: AlertReasons = JSON.parse(row.reasons)
  return {
    ...row,
    subject,
    reasons,
    isLate: row.isLate === 1,
    isSimulated: row.isSimulated === 1,
    isTrial: row.isTrial === 1,
    hasLegalHold: row.hasLegalHold === 1,
    acknowledgedAt: row.acknowledgedAt ?? undefined,
    closedAt: row.closedAt ?? undefined,
    seenAgainAt: row.seenAgainAt ?? undefined,
    assignedTo: row.assignedTo ?? undefined,
    awaiting: row.awaiting ?? undefined,
    escalatedTo: row.escalatedTo ?? undefined,
    mergedInto: row.mergedInto ?? undefined,
    decision: row.decision ?? undefined,
    reason: row.reason ?? undefined,
    action: row.action ?? undefined,
    outcome: row.outcome ?? undefined,
    caseReference: row.caseReference ?? undefined,
  }
}

function rowOf(record: AlertRecord): AlertRow {
  return {
    ...record,
    subject: JSON.stringify(record.subject),
    reasons: JSON.stringify(record.reasons),
    isLate: Number(record.isLate),
    isSimulated: Number(record.isSimulated),
    isTrial: Number(record.isTrial),
    hasLegalHold: Number(record.hasLegalHold),
    acknowledgedAt: record.acknowledgedAt ?? null,
    closedAt: record.closedAt ?? null,
    seenAgainAt: record.seenAgainAt ?? null,
    assignedTo: record.assignedTo ?? null,
    awaiting: record.awaiting ?? null,
    escalatedTo: record.escalatedTo ?? null,
    mergedInto: record.mergedInto ?? null,
    decision: record.decision ?? null,
    reason: record.reason ?? null,
    action: record.action ?? null,
    outcome: record.outcome ?? null,
    caseReference: record.caseReference ?? null,
  }
}
