import type { PolicyPoll } from '#domain/console-rules.ts'
import type { TimetableState } from '#domain/console-timetable.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** What a box said last of the policy. */
export interface PolicyBox {
  readonly appliance: string
  /** Id and number of the version that it runs; undefined and 0 for none. */
  readonly inForce: string | undefined
  readonly version: number
  /** Id of the version that it refused, and why: hostile text. */
  readonly refused: string | undefined
  readonly problems: readonly string[]
  readonly groups: readonly string[]
  /** Names are hostile text. Undefined where the box has not told. */
  readonly timetable: TimetableState | undefined
}

export interface PolicyBoxes {
  readonly all: () => ReadonlyMap<string, PolicyBox>
  /** Written only where it says something new. */
  readonly note: (poll: PolicyPoll, nowMs: number) => void
}

interface Row {
  readonly appliance: string
  readonly inForce: string | null
  readonly version: number
  readonly refused: string | null
  readonly problems: string
  readonly groups: string
  readonly timetable: string | null
}

/** More boxes than one tenant has. */
const BOXES_MAX = 10_000

/** Of one tenant; bounded by its enrolled boxes, for only they may be given to `note`. */
export function makePolicyBoxes(db: Sqlite, tenant: string): PolicyBoxes {
  const upsert = db.prepare<
    [string, string, string | null, number, string | null, string, string, number, string | null]
  >(
    `INSERT INTO policy_box (tenant_id, appliance, in_force, version, refused, problems, groups, said_at, timetable)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, appliance) DO UPDATE SET
       in_force = excluded.in_force, version = excluded.version, refused = excluded.refused,
       problems = excluded.problems, groups = excluded.groups, said_at = excluded.said_at,
       timetable = excluded.timetable`,
  )
  const rows = db
    .prepare<[string], Row>(
      `SELECT appliance, in_force AS inForce, version, refused, problems, groups, timetable FROM policy_box
       WHERE tenant_id = ? LIMIT ${BOXES_MAX}`,
    )
    .all(tenant)
  const known = new Map(rows.map((row) => [row.appliance, readRow(row)]))
  return {
    all: () => known,
    note: ({ appliance, inForce, refused, groups, timetable }, nowMs) => {
      const box = {
        appliance,
        inForce: inForce?.id,
        version: inForce?.version ?? 0,
        refused: refused?.id,
        problems: refused?.problems ?? [],
        groups,
        timetable,
      }
      if (JSON.stringify(known.get(appliance)) === JSON.stringify(box)) return
      const [problems, told] = [box.problems, groups].map((one) => JSON.stringify(one))
      upsert.run(
        tenant,
        appliance,
        box.inForce ?? null,
        box.version,
        box.refused ?? null,
        problems ?? '[]',
        told ?? '[]',
        nowMs,
        timetable ? JSON.stringify(timetable) : null,
      )
      known.set(appliance, box)
    },
  }
}

function readRow({ inForce, refused, problems, groups, timetable, ...row }: Row): PolicyBox {
  const told: TimetableState | undefined = timetable === null ? undefined : JSON.parse(timetable)
  return {
    ...row,
    inForce: inForce ?? undefined,
    refused: refused ?? undefined,
    problems: readTexts(problems),
    groups: readTexts(groups),
    timetable: told,
  }
}

function readTexts(text: string): readonly string[] {
  return JSON.parse(text)
}
