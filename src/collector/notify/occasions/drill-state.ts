import type { Sqlite } from '#platform/sqlite.ts'

/** How the newest drill went. */
export interface DrillState {
  /** The day on which it was, `2026-03-04`. */
  readonly occasion: string
  readonly people: readonly {
    readonly person: string
    readonly confirmedAtMs: number | undefined
  }[]
}

/** Reads the newest drill; undefined while there was none. */
export function makeDrillRead(db: Sqlite, tenant: string): () => DrillState | undefined {
  const newest = db.prepare<[string], { occasion: string }>(
    `SELECT occasion FROM notice WHERE tenant_id = ? AND kind = 'drill' ORDER BY made_at DESC LIMIT 1`,
  )
  const answers = db.prepare<[string, string], { person: string; confirmedAtMs: number | null }>(
    `SELECT person, confirmed_at AS confirmedAtMs FROM notice
     WHERE tenant_id = ? AND kind = 'drill' AND occasion = ? ORDER BY person`,
  )
  return () => {
    const occasion = newest.get(tenant)?.occasion
    if (occasion === undefined) return undefined
    const people = answers
      .all(tenant, occasion)
      .map(({ person, confirmedAtMs }) => ({ person, confirmedAtMs: confirmedAtMs ?? undefined }))
    return { occasion, people }
  }
}

/** The drill as the digest counts it. */
export function drillCounts({ people }: DrillState): {
  readonly confirmed: number
  readonly asked: number
} {
  const confirmed = people.filter((one) => one.confirmedAtMs !== undefined).length
  return { confirmed, asked: people.length }
}
