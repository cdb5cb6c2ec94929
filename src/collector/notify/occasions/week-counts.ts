import type { Sqlite } from '#platform/sqlite.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { DigestCounts } from '../words.ts'

/** How the newest drill went. */
export interface DrillState {
  /** The day on which it was, `2026-03-04`. */
  readonly occasion: string
  readonly people: readonly {
    readonly person: string
    readonly confirmedAtMs: number | undefined
  }[]
}

export interface WeekCounts {
  readonly digest: (fromMs: number, toMs: number) => DigestCounts
  readonly drill: () => DrillState | undefined
}

/** What the tables of telling people know of a week. */
export function makeWeekCounts(db: Sqlite, tenant: string): WeekCounts {
  const opened = db.prepare<[string, number, number], { severity: Severity; total: number }>(
    'SELECT severity, count(*) AS total FROM escalation WHERE tenant_id = ? AND raised_at >= ? AND raised_at < ? GROUP BY severity',
  )
  const open = db.prepare<[string], { total: number }>(
    `SELECT count(*) AS total FROM escalation WHERE tenant_id = ? AND state IN ('climbing', 'nobody', 'ended')`,
  )
  const newest = db.prepare<[string], { occasion: string }>(
    `SELECT occasion FROM notice WHERE tenant_id = ? AND kind = 'drill' ORDER BY made_at DESC LIMIT 1`,
  )
  const answers = db.prepare<[string, string], { person: string; confirmedAtMs: number | null }>(
    `SELECT person, confirmed_at AS confirmedAtMs FROM notice
     WHERE tenant_id = ? AND kind = 'drill' AND occasion = ? ORDER BY person`,
  )
  const drill = (): DrillState | undefined => {
    const occasion = newest.get(tenant)?.occasion
    if (occasion === undefined) return undefined
    const people = answers
      .all(tenant, occasion)
      .map(({ person, confirmedAtMs }) => ({ person, confirmedAtMs: confirmedAtMs ?? undefined }))
    return { occasion, people }
  }
  return {
    drill,
    digest: (fromMs, toMs) => {
      const totals = new Map(
        opened.all(tenant, fromMs, toMs).map(({ severity, total }) => [severity, total]),
      )
      const of = (severity: Severity): number => totals.get(severity) ?? 0
      const last = drill()
      const asked = last?.people.length ?? 0
      const confirmed = last?.people.filter((one) => one.confirmedAtMs !== undefined).length ?? 0
      return {
        opened: {
          critical: of('critical'),
          urgent: of('urgent'),
          high: of('high'),
          medium: of('medium'),
          low: of('low'),
        },
        unacknowledged: open.get(tenant)?.total ?? 0,
        ...(last ? { drill: { confirmed, asked } } : {}),
      }
    },
  }
}
