import type { Sqlite } from '#platform/sqlite.ts'
import type { ThemeId } from '#rules/themes.ts'

/** For so long a theme is curriculum in one group. Times in milliseconds since the epoch. */
export interface Snooze {
  readonly tenant: string
  readonly id: string
  readonly theme: ThemeId
  readonly group: string
  readonly fromAt: number
  readonly untilAt: number
  readonly who: string
  readonly reason: string
}

export interface SnoozeTable {
  readonly add: (snooze: Snooze) => void
  /** Ends one that is running; undefined where there is none. */
  readonly end: (tenant: string, id: string, nowMs: number) => Snooze | undefined
  /** Whether one was in force when something happened. */
  readonly covers: (
    at: { readonly tenant: string; readonly theme: ThemeId; readonly group: string },
    atMs: number,
  ) => boolean
  /** Those that have not ended. */
  readonly running: (tenant: string, nowMs: number, limit: number) => readonly Snooze[]
}

const COLUMNS =
  'tenant_id AS tenant, id, theme, group_name AS "group", from_at AS fromAt, until_at AS untilAt, who, reason'

export function makeSnoozeTable(db: Sqlite): SnoozeTable {
  const add = db.prepare<[string, string, string, string, number, number, string, string]>(
    'INSERT INTO alert_snooze VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const covers = db.prepare<[string, string, string, number, number], { found: number }>(
    `SELECT 1 AS found FROM alert_snooze
     WHERE tenant_id = ? AND theme = ? AND group_name = ? AND until_at > ? AND from_at <= ? LIMIT 1`,
  )
  const running = db.prepare<[string, number, number], Snooze>(
    `SELECT ${COLUMNS} FROM alert_snooze WHERE tenant_id = ? AND until_at > ? ORDER BY until_at LIMIT ?`,
  )
  const end = db.prepare<[number, string, string, number], Snooze>(
    `UPDATE alert_snooze SET until_at = ? WHERE tenant_id = ? AND id = ? AND until_at > ? RETURNING ${COLUMNS}`,
  )
  return {
    add: ({ tenant, id, theme, group, fromAt, untilAt, who, reason }) => {
      add.run(tenant, id, theme, group, fromAt, untilAt, who, reason)
    },
    covers: ({ tenant, theme, group }, atMs) =>
      covers.get(tenant, theme, group, atMs, atMs) !== undefined,
    end: (tenant, id, nowMs) => end.get(nowMs, tenant, id, nowMs),
    running: (tenant, nowMs, limit) => running.all(tenant, nowMs, limit),
  }
}
