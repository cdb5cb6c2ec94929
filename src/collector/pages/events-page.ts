import { eventDetail } from '#console/present/event-history.ts'
import { eventItem } from '#console/present/event-item.ts'
import { SEVERITIES, severityBadge } from '#console/present/severity-badge.ts'
import type { EventsRegion, SeverityCount, View } from '#console/views.ts'
import {
  bareBody,
  isHidden,
  queuesOf,
  scopeOf,
  seesInPart,
  seesSingly,
  shownOf,
} from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { EventCursor, SafeguardingEvent } from '../store/collector-store.ts'
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
  viewer: Viewer,
  asked: unknown,
  isPart: boolean,
): Promise<View> {
  const query = readEventsQuery(asked)
  const wording = wordingOf(context, boxesOf(context))
  const region = await eventsRegion(context, viewer, query)
  if (isPart) return { view: 'events-rows', region }
  const offered = await context.store.filterChoices(context.tenant, context.limits.filterChoicesMax)
  return { view: 'events', region, filter: filterView(query, offered, wording) }
}

/** One event with its history; undefined when there is none that the viewer may see. */
export async function eventPage(
  context: PageContext,
  viewer: Viewer,
  { id, isPart }: { readonly id: string; readonly isPart: boolean },
): Promise<View | undefined> {
  const { store, tenant, limits } = context
  const all = await store.revisionsOf(tenant, id, limits.revisionsShownMax)
  const [newest, ...older] = seenOf(context, viewer, all)
  // What one revision says, all say: a child that is named in one is hidden in all.
  if (newest === undefined || older.length + 1 < all.length) return undefined
  const detail = eventDetail(newest, older, wordingOf(context, boxesOf(context)))
  return { view: isPart ? 'event-detail' : 'event', detail }
}

type Seen = SafeguardingEvent & { readonly isBare: boolean }

/** Events as this viewer may see them: whole, without whom they are about, or not at all. */
function seenOf(
  { alertReads, tenant, heads }: PageContext,
  viewer: Viewer,
  events: readonly SafeguardingEvent[],
): readonly Seen[] {
  const shown = events.map((event) => ({ event, how: shownOf(viewer, event.body, heads) }))
  const rest = shown.flatMap(({ event, how }) => (how === 'all' ? [] : [event.id]))
  const ofAlerts =
    seesSingly(viewer) && rest.length > 0
      ? alertReads.eventsOfAlerts(tenant, rest, scopeOf(viewer))
      : new Set<string>()
  return shown.flatMap(({ event, how }): readonly Seen[] => {
    if (how === 'all') return [{ ...event, isBare: false }]
    const { user } = event.body.client
    if (user !== undefined && isHidden(viewer, user)) return []
    if (ofAlerts.has(event.id)) return [{ ...event, isBare: false }]
    return how === 'bare' ? [{ ...event, body: bareBody(event.body), isBare: true }] : []
  })
}

/** Reads on past what the viewer may not see, to a bound; where it ends, the next page goes on. */
async function seenPage(
  context: PageContext,
  viewer: Viewer,
  query: EventsQuery,
): Promise<{ readonly events: readonly Seen[]; readonly next: EventCursor | undefined }> {
  const { store, tenant, limits, time } = context
  const filter = filterOf(query, time)
  const events: Seen[] = []
  let { after } = query
  for (let reads = 0; reads < limits.eventReadsMax && events.length < limits.pageSize; reads += 1) {
    const limit = limits.pageSize - events.length
    const page = await store.listSafeguarding(tenant, filter, {
      limit,
      ...(after === undefined ? {} : { after }),
    })
    events.push(...seenOf(context, viewer, page.events))
    after = page.next
    if (after === undefined) break
  }
  return { events, next: after }
}

async function eventsRegion(
  context: PageContext,
  viewer: Viewer,
  query: EventsQuery,
): Promise<EventsRegion> {
  const { store, tenant } = context
  const wording = wordingOf(context, boxesOf(context))
  const { events, next } = await seenPage(context, viewer, query)
  // The numbers are of all events: they are for those who see all of them.
  const counts = queuesOf(viewer).includes('safeguarding')
    ? await store.severityCounts(tenant, wording.nowMs - WEEK_MS)
    : new Map<string, number>()
  const gaps = await store.gaps(tenant)
  return {
    events: events.map((event) => eventItem(event, wording)),
    isFiltered: isFiltered(query),
    isPartial: seesInPart(viewer),
    isNewest: query.after === undefined,
    newestHref: eventsHref(query, { after: undefined }),
    olderHref: next === undefined ? undefined : eventsHref(query, { after: next }),
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
