import type { Sqlite } from '#platform/sqlite.ts'
import type { AlertKey } from './observation-of.ts'

/** A subject in its collection window. */
export interface Pending extends AlertKey {
  /** The oldest observation that is to be judged when the window ends, by the appliance's clock. */
  readonly fromAt: number
  /** When the window began. */
  readonly since: number
}

export interface PendingTable {
  readonly read: (key: AlertKey) => Pending | undefined
  /** Begins a window, or widens what the running one will judge; it is looked at at the earlier of both times. */
  readonly begin: (key: AlertKey, fromAt: number, span: { nowMs: number; dueAt: number }) => void
  /** It is looked at again then. */
  readonly postpone: (key: AlertKey, dueAt: number) => void
  readonly drop: (key: AlertKey) => void
  /** Windows to be looked at; one that began after now, the clock having been set back, is too. */
  readonly due: (nowMs: number, limit: number) => readonly Pending[]
}

const COLUMNS =
  'tenant_id AS tenant, subject_key AS subjectKey, theme, queue, from_at AS fromAt, since'
const OF_KEY = 'tenant_id = ? AND subject_key = ? AND theme = ? AND queue = ?'
type KeyValues = [string, string, string, string]

export function makePendingTable(db: Sqlite): PendingTable {
  const read = db.prepare<KeyValues, Pending>(
    `SELECT ${COLUMNS} FROM alert_pending WHERE ${OF_KEY}`,
  )
  const begin = db.prepare<[...KeyValues, number, number, number]>(
    `INSERT INTO alert_pending VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
       from_at = min(from_at, excluded.from_at), due_at = min(due_at, excluded.due_at)`,
  )
  const postpone = db.prepare<[number, ...KeyValues]>(
    `UPDATE alert_pending SET due_at = ? WHERE ${OF_KEY}`,
  )
  const drop = db.prepare<KeyValues>(`DELETE FROM alert_pending WHERE ${OF_KEY}`)
  const due = db.prepare<[number, number, number], Pending>(
    `SELECT ${COLUMNS} FROM alert_pending WHERE due_at <= ? OR since > ? ORDER BY due_at LIMIT ?`,
  )
  return {
    read: (key) => read.get(...valuesOf(key)),
    begin: (key, fromAt, { nowMs, dueAt }) => {
      begin.run(...valuesOf(key), fromAt, nowMs, dueAt)
    },
    postpone: (key, dueAt) => {
      postpone.run(dueAt, ...valuesOf(key))
    },
    drop: (key) => {
      drop.run(...valuesOf(key))
    },
    due: (nowMs, limit) => due.all(nowMs, nowMs, limit),
  }
}

function valuesOf({ tenant, subjectKey, theme, queue }: AlertKey): KeyValues {
  return [tenant, subjectKey, theme, queue]
}
