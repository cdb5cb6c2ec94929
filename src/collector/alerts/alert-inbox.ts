/**
 * Events on their way to the alert desk: written in the transaction that stores the event, deleted in the one that
 * judges it. So a crash between the two loses nothing and tells nothing twice.
 */
import { type EventBody, isSafeguarding, type StoredEvent } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'

export interface InboxEvent {
  readonly tenant: string
  readonly event: string
}

/** Whether the alert desk hears of it. Security themes are told as lookups. */
export function concernsAlerts(body: EventBody): boolean {
  return isSafeguarding(body) || body.kind === 'bypass-noticed'
}

/** Call inside the transaction that stores the revision, once for each new one. */
export function makeInboxWriter(
  db: Sqlite,
): (tenant: string, event: Pick<StoredEvent, 'id' | 'revision'>, receivedAt: number) => void {
  const insert = db.prepare<[string, string, number, number]>(
    'INSERT INTO alert_inbox VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING',
  )
  return (tenant, { id, revision }, receivedAt) => {
    insert.run(tenant, id, revision, receivedAt)
  }
}

export interface AlertInbox {
  /** The events that wait longest, each once, without those that failed before. */
  readonly read: (limit: number) => readonly InboxEvent[]
  /** Those that failed before, the fewest times first. */
  readonly readFailed: (limit: number) => readonly InboxEvent[]
  /** Every revision of it that waits. */
  readonly drop: (one: InboxEvent) => void
  /** It could not be judged: it is tried again after the others. */
  readonly putBack: (one: InboxEvent) => void
  readonly waiting: () => number
}

export function makeAlertInbox(db: Sqlite): AlertInbox {
  const read = db.prepare<[number], InboxEvent>(
    `SELECT tenant_id AS tenant, event_id AS event FROM alert_inbox
     GROUP BY tenant_id, event_id HAVING max(attempts) = 0 ORDER BY min(received_at), event_id LIMIT ?`,
  )
  const readFailed = db.prepare<[number], InboxEvent>(
    `SELECT tenant_id AS tenant, event_id AS event FROM alert_inbox
     GROUP BY tenant_id, event_id HAVING max(attempts) > 0 ORDER BY max(attempts), event_id LIMIT ?`,
  )
  const drop = db.prepare<[string, string]>(
    'DELETE FROM alert_inbox WHERE tenant_id = ? AND event_id = ?',
  )
  const putBack = db.prepare<[string, string]>(
    'UPDATE alert_inbox SET attempts = attempts + 1 WHERE tenant_id = ? AND event_id = ?',
  )
  const count = db.prepare<[], { total: number }>('SELECT count(*) AS total FROM alert_inbox')
  return {
    read: (limit) => read.all(limit),
    readFailed: (limit) => readFailed.all(limit),
    drop: ({ tenant, event }) => {
      drop.run(tenant, event)
    },
    putBack: ({ tenant, event }) => {
      putBack.run(tenant, event)
    },
    waiting: () => count.get()?.total ?? 0,
  }
}
