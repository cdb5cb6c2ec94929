import { eventDetail } from '#console/present/event-history.ts'
import { eventItem } from '#console/present/event-item.ts'
import { SEVERITIES, severityBadge } from '#console/present/severity-badge.ts'
import type { Wording } from '#console/present/wording.ts'
import type { EventsRegion, SeverityCount, View } from '#console/views.ts'
import { filterView } from './events-filter.ts'
import {
  type EventsQuery,
  eventsHref,
  filterOf,
  isFiltered,
  readEventsQuery,
} from './events-query.ts'
import { boxesOf, type PageContext, proofOf, wordingOf } from './page-context.ts'

const WEEK_MS = 7 * 86_400_000

/** The list of safeguarding events, or only its changing part. */
export async function eventsPage(
  context: PageContext,
  asked: unknown,
  isPart: boolean,
): Promise<View> {
  const query = readEventsQuery(asked)
  const wording = wordingOf(context, boxesOf(context))
  const region = await eventsRegion(context, query, wording)
  if (isPart) return { view: 'events-rows', region }
  const offered = await context.store.filterChoices(context.tenant, context.limits.filterChoicesMax)
  return { view: 'events', region, filter: filterView(query, offered, wording) }
}

/** One event with its history; undefined when it is not known. */
export async function eventPage(
  context: PageContext,
  id: string,
  isPart: boolean,
): Promise<View | undefined> {
  const { store, tenant, limits } = context
  const [newest, ...older] = await store.revisionsOf(tenant, id, limits.revisionsShownMax)
  if (newest === undefined) return undefined
  const detail = eventDetail(newest, older, wordingOf(context, boxesOf(context)))
  return { view: isPart ? 'event-detail' : 'event', detail }
}

async function eventsRegion(
  context: PageContext,
  query: EventsQuery,
  wording: Wording,
): Promise<EventsRegion> {
  const { store, tenant, limits, time } = context
  const { after } = query
  const page = await store.listSafeguarding(tenant, filterOf(query, time), {
    limit: limits.pageSize,
    ...(after === undefined ? {} : { after }),
  })
  const counts = await store.severityCounts(tenant, wording.nowMs - WEEK_MS)
  const gaps = await store.gaps(tenant)
  return {
    events: page.events.map((event) => eventItem(event, wording)),
    isFiltered: isFiltered(query),
    isNewest: after === undefined,
    newestHref: eventsHref(query, { after: undefined }),
    olderHref: page.next === undefined ? undefined : eventsHref(query, { after: page.next }),
    fragmentHref: eventsHref(query, { fragment: 'rows' }),
    proof: await proofOf(context, boxesOf(context), gaps, wording),
    counts: severityCounts(counts, context, wording.nowMs),
  }
}

function severityCounts(
  counts: ReadonlyMap<string, number>,
  { time }: PageContext,
  nowMs: number,
): readonly SeverityCount[] {
  const none = readEventsQuery({})
  const from = time.dayText(nowMs - WEEK_MS)
  return SEVERITIES.flatMap((severity) => {
    const count = counts.get(severity) ?? 0
    const href = eventsHref(none, { severity, from })
    return count === 0 ? [] : [{ badge: severityBadge(severity), count, href }]
  })
}
