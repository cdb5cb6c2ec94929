import { z } from 'zod'
import type { PlainTime } from '#console/present/plain-time.ts'
import { CHECK_RESULTS } from '../evidence/check-words.ts'
import type { CheckFilter } from '../evidence/read-checks.ts'

/** The filters as they stand in the address. Anything that is not understood is as if it were not there. */
export interface ChecksQuery {
  readonly result: string
  readonly group: string
  readonly tried: string
  /** `YYYY-MM-DD`, inclusive both. */
  readonly from: string
  readonly to: string
  /** Older than this sequence. */
  readonly before: number
}

/** Not a result, but what is left to do of any. */
export const LEFT_TO_DO = 'open'

const word = z.string().max(200).catch('')
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .catch('')
const schema = z.object({
  result: z
    .enum([...CHECK_RESULTS, LEFT_TO_DO])
    .or(z.literal(''))
    .catch(''),
  group: word,
  tried: word,
  from: day,
  to: day,
  before: z.coerce.number().int().min(1).catch(Number.MAX_SAFE_INTEGER),
})

/** Reads a query string's values; never fails. */
export function readChecksQuery(query: unknown): ChecksQuery {
  return schema.parse(query ?? {})
}

/** What the store is asked. Days begin and end as the school's clocks do. */
export function checkFilterOf(
  { result, group, tried, from, to }: ChecksQuery,
  time: PlainTime,
): CheckFilter {
  const fromMs = time.dayStartMs(from)
  const toMs = time.dayStartMs(to, 1)
  const known = CHECK_RESULTS.find((one) => one === result)
  return {
    ...(known === undefined ? {} : { result: known }),
    ...(result === LEFT_TO_DO ? { isOpen: true } : {}),
    ...(group === '' ? {} : { group }),
    ...(tried === '' ? {} : { tried }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
  }
}

/** The address of the list with some of the filters changed. */
export function checksHref(query: ChecksQuery, change: Partial<ChecksQuery> = {}): string {
  const { before, ...filters } = { ...query, ...change }
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value !== '') params.set(name, value)
  if (before !== Number.MAX_SAFE_INTEGER) params.set('before', String(before))
  const text = params.toString()
  return text === '' ? '/checks' : `/checks?${text}`
}
