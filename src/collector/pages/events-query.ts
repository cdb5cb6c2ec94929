import { z } from 'zod'
import type { PlainTime } from '#console/present/plain-time.ts'
import type { EventCursor, EventFilter } from '../store/collector-store.ts'

/** The filters as they stand in the address. Anything that is not understood is as if it were not there. */
export interface EventsQuery {
  readonly group: string
  readonly category: string
  readonly severity: string
  /** `YYYY-MM-DD`, inclusive both. */
  readonly from: string
  readonly to: string
  readonly after: EventCursor | undefined
}

const word = z.string().max(100).catch('')
const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .catch('')
const schema = z.object({
  group: word,
  category: word,
  severity: word,
  from: day,
  to: day,
  after: z.string().max(100).catch(''),
})

/** Reads a query string's values; never fails. */
export function readEventsQuery(query: unknown): EventsQuery {
  const { after, ...rest } = schema.parse(query ?? {})
  const match = /^(\d{1,15})~([A-Za-z0-9_-]{1,64})$/.exec(after)
  const [, firstAt, id] = match ?? []
  const cursor =
    firstAt === undefined || id === undefined ? undefined : { firstAt: Number(firstAt), id }
  return { ...rest, after: cursor }
}

/** What the store is asked. Days begin and end as the school's clocks do. */
export function filterOf(query: EventsQuery, time: PlainTime): EventFilter {
  const fromMs = time.dayStartMs(query.from)
  const toMs = time.dayStartMs(query.to, 1)
  return {
    ...(query.group === '' ? {} : { group: query.group }),
    ...(query.category === '' ? {} : { category: query.category }),
    ...(query.severity === '' ? {} : { severity: query.severity }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
  }
}

/** The address of the list with some of the filters changed. */
export function eventsHref(
  query: EventsQuery,
  change: Partial<EventsQuery> & { readonly fragment?: 'rows' } = {},
): string {
  const { fragment, ...changed } = change
  const { after, ...filters } = { ...query, ...changed }
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(filters)) if (value !== '') params.set(name, value)
  if (after !== undefined) params.set('after', `${after.firstAt}~${after.id}`)
  if (fragment !== undefined) params.set('fragment', fragment)
  const text = params.toString()
  return text === '' ? '/events' : `/events?${text}`
}

/** Whether any filter is in force. */
export function isFiltered({ group, category, severity, from, to }: EventsQuery): boolean {
  return [group, category, severity, from, to].some((value) => value !== '')
}
