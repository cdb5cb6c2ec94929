import type { Sqlite } from '#platform/sqlite.ts'

/** On which days boxes told of their line, which each does every few minutes: a day without was watched by nobody. */
export interface BoxDays {
  readonly boxes: readonly {
    readonly appliance: string
    /** Days since it first told, as far as they lie in the span; 0 where it never did. */
    readonly days: number
    readonly silent: number
    /** The longest row of silent days: when the first begins and the last ends; absent where none was. */
    readonly longest: { readonly fromMs: number; readonly toMs: number } | undefined
  }[]
  /** Only the first boxes were counted. */
  readonly isCut: boolean
}

const BOXES_MAX = 50
const TOLD = `event WHERE tenant_id = ? AND appliance = ? AND lane = 'operations' AND kind = 'link-sampled'`

/** `dayStarts` begin each day, in order, and end the last: one look into an index for each day and box. */
export function readBoxDays(db: Sqlite, tenant: string, dayStarts: readonly number[]): BoxDays {
  const boxes = db
    .prepare<[string, number], { appliance: string }>(
      'SELECT appliance FROM status WHERE tenant_id = ? ORDER BY appliance LIMIT ?',
    )
    .all(tenant, BOXES_MAX + 1)
  const first = db.prepare<[string, string], { at: number | null }>(
    `SELECT min(at) AS at FROM ${TOLD}`,
  )
  const told = db.prepare<[string, string, number, number], { told: number }>(
    `SELECT EXISTS (SELECT 1 FROM ${TOLD} AND at >= ? AND at < ?) AS told`,
  )
  return {
    boxes: boxes.slice(0, BOXES_MAX).map(({ appliance }) => {
      const sinceMs = first.get(tenant, appliance)?.at ?? Number.POSITIVE_INFINITY
      const days = dayStarts.slice(1).flatMap((toMs, index) => {
        const fromMs = dayStarts[index] ?? toMs
        if (toMs <= sinceMs) return []
        return [{ fromMs, toMs, isSilent: told.get(tenant, appliance, fromMs, toMs)?.told !== 1 }]
      })
      const silent = days.filter((one) => one.isSilent).length
      return { appliance, days: days.length, silent, longest: longestOf(days) }
    }),
    isCut: boxes.length > BOXES_MAX,
  }
}

interface Day {
  readonly fromMs: number
  readonly toMs: number
  readonly isSilent: boolean
}

function longestOf(days: readonly Day[]): BoxDays['boxes'][number]['longest'] {
  let [longest, row]: readonly [readonly Day[], readonly Day[]] = [[], []]
  for (const day of days) {
    row = day.isSilent ? [...row, day] : []
    if (row.length > longest.length) longest = row
  }
  const [from, to] = [longest[0], longest.at(-1)]
  return from && to && { fromMs: from.fromMs, toMs: to.toMs }
}
