import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { EventBody } from '#domain/event.ts'

export interface OutboxEvent<K extends EventBody['kind']> {
  readonly id: string
  readonly lane: string
  readonly revision: number
  readonly body: Extract<EventBody, { readonly kind: K }>
}

/** The events of a kind that an agent has written, each as its newest revision, in the order in which they came to be it. */
export function eventsIn<K extends EventBody['kind']>(
  stateDir: string,
  kind: K,
): readonly OutboxEvent<K>[] {
  const db = new Database(join(stateDir, 'agent', 'outbox.db'), { readonly: true })
  try {
    const rows = db
      .prepare<[string], { id: string; lane: string; revision: number; body: string }>(
        "SELECT id, lane, revision, body FROM event WHERE json_extract(body, '$.kind') = ? ORDER BY sequence",
      )
      .all(kind)
    const newest = new Map(rows.map((row) => [row.id, { ...row, body: JSON.parse(row.body) }]))
    return [...newest.values()]
  } finally {
    db.close()
  }
}
