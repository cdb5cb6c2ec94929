import type { BypassNoticed, RogueServerNoticed } from '#domain/bypass-event.ts'
import type { LinkChanged, LinkSampled, SafeguardingBody } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type {
  EventCursor,
  EventFilter,
  EventPage,
  EventStore,
  FilterChoices,
  SafeguardingEvent,
} from './collector-store.ts'

type EventRow = Omit<SafeguardingEvent, 'body'> & { readonly body: string }
type Reads = Omit<EventStore, 'takeBatch'>

const COLUMNS = `event.id AS id, appliance, event_revision.revision AS revision, event_revision.at AS at,
  received_at AS receivedAt, body`
const BODY_OF_EVENT = `JOIN event_revision ON event_revision.tenant_id = event.tenant_id
  AND event_revision.event_id = event.id AND event_revision.revision = event.revision`

/** The reading half of the event store. Statements are prepared once, but for the list, whose filter varies. */
export function makeReadEvents(db: Sqlite): Reads {
  const revisions = db.prepare<[string, string, number], EventRow>(
    `SELECT ${COLUMNS} FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
       AND event_revision.event_id = event.id
     WHERE event.tenant_id = ? AND event.id = ? AND lane = 'safeguarding'
     ORDER BY event_revision.revision DESC LIMIT ?`,
  )
  const choices = db.prepare<[string, string, number], { value: string }>(
    'SELECT value FROM filter_choice WHERE tenant_id = ? AND facet = ? ORDER BY value LIMIT ?',
  )
  const severities = db.prepare<[string, number], { severity: string; total: number }>(
    `SELECT severity, count(*) AS total FROM event
     WHERE tenant_id = ? AND lane = 'safeguarding' AND first_at >= ? GROUP BY severity`,
  )
  const operations = db.prepare<[string, string, string, number, number], { body: string }>(
    `SELECT body FROM event ${BODY_OF_EVENT}
     WHERE event.tenant_id = ? AND appliance = ? AND kind = ? AND lane = 'operations' AND event.at >= ?
     ORDER BY event.at DESC LIMIT ?`,
  )
  const facet = (tenant: string, name: string, limit: number): readonly string[] =>
    choices.all(tenant, name, limit).map(({ value }) => value)

  return {
    listSafeguarding: async (tenant, filter, page) =>
      listSafeguarding(db, { tenant, filter, page }),
    revisionsOf: async (tenant, id, limit) => revisions.all(tenant, id, limit).map(readRow),
    filterChoices: async (tenant, limit): Promise<FilterChoices> => ({
      groups: facet(tenant, 'group', limit),
      categories: facet(tenant, 'category', limit),
      severities: facet(tenant, 'severity', limit),
    }),
    severityCounts: async (tenant, sinceMs) =>
      new Map(severities.all(tenant, sinceMs).map(({ severity, total }) => [severity, total])),
    linkChanges: async ({ tenant, appliance }, limit) =>
      operations
        .all(tenant, appliance, 'link-changed', 0, limit)
        .map(({ body }): LinkChanged => JSON.parse(body)),
    linkSamples: async ({ tenant, appliance }, sinceMs, limit) =>
      operations
        .all(tenant, appliance, 'link-sampled', sinceMs, limit)
        .map(({ body }): LinkSampled => JSON.parse(body))
        .toReversed(),
    bypassEvents: async ({ tenant, appliance }, sinceMs, limit) =>
      (['bypass-noticed', 'rogue-server-seen'] as const)
        .flatMap((kind) => operations.all(tenant, appliance, kind, sinceMs, limit))
        .map(({ body }): BypassNoticed | RogueServerNoticed => JSON.parse(body))
        .toSorted((a, b) => b.lastAt - a.lastAt)
        .slice(0, limit),
  }
}

interface ListAsked {
  readonly tenant: string
  readonly filter: EventFilter
  readonly page: { readonly limit: number; readonly after?: EventCursor }
}

function listSafeguarding(db: Sqlite, { tenant, filter, page }: ListAsked): EventPage {
  const where = ["event.tenant_id = ? AND lane = 'safeguarding'"]
  const values: (string | number)[] = [tenant]
  const also = (condition: string, ...bound: readonly (string | number | undefined)[]): void => {
    const known = bound.filter((value) => value !== undefined)
    if (known.length !== bound.length) return
    where.push(condition)
    values.push(...known)
  }
  also('group_name = ?', filter.group)
  also('category = ?', filter.category)
  also('severity = ?', filter.severity)
  also('appliance = ?', filter.appliance)
  also('first_at >= ?', filter.fromMs)
  also('first_at < ?', filter.toMs)
  also('(first_at, id) < (?, ?)', page.after?.firstAt, page.after?.id)
  const rows = db
    .prepare<(string | number)[], EventRow>(
      `SELECT ${COLUMNS} FROM event ${BODY_OF_EVENT} WHERE ${where.join(' AND ')}
       ORDER BY first_at DESC, id DESC LIMIT ?`,
    )
    .all(...values, page.limit + 1)
  const events = rows.slice(0, page.limit).map(readRow)
  const last = events.at(-1)
  if (rows.length <= page.limit || last === undefined) return { events }
  return { events, next: { firstAt: last.body.firstAt, id: last.id } }
}

function readRow(row: EventRow): SafeguardingEvent {
  const body: SafeguardingBody = JSON.parse(row.body)
  return { ...row, body }
}
