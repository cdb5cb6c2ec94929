import type { Sqlite } from '#platform/sqlite.ts'
import type { Span } from './alert-figures.ts'

/** What became of requests to unblock. */
export interface RequestCounts {
  /** Requests, and times that they were made. */
  readonly requests: number
  readonly asked: number
  readonly granted: number
  readonly refused: number
  /** Answered at the box, in words alone. */
  readonly atBox: number
}

/** Of one name, category or list; empty where none decided. Names and titles of lists are hostile text. */
export interface OverBlockRow extends RequestCounts {
  readonly key: string
}

/** Numbers alone: nobody who asked. */
export interface OverBlocks {
  readonly all: RequestCounts
  readonly names: readonly OverBlockRow[]
  readonly categories: readonly OverBlockRow[]
  readonly lists: readonly OverBlockRow[]
}

const ROWS_MAX = 30

/** One row for each request of the span, with what became of it since. */
const REQUESTS = `
  WITH closed AS (
    SELECT DISTINCT closing.appliance AS appliance, json_extract(body, '$.request') AS request
    FROM event AS closing JOIN event_revision ON event_revision.tenant_id = closing.tenant_id
      AND event_revision.event_id = closing.id AND event_revision.revision = closing.revision
    WHERE closing.tenant_id = @tenant AND lane = 'operations' AND kind = 'unblock-closed' AND closing.at >= @fromMs),
  asked AS (
    SELECT event.appliance AS appliance, json_extract(body, '$.request') AS request, json_extract(body, '$.name') AS name,
      coalesce(json_extract(body, '$.category'), '') AS category, coalesce(json_extract(body, '$.list'), '') AS list,
      json_extract(body, '$.count') AS times
    FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
      AND event_revision.event_id = event.id AND event_revision.revision = event.revision
    WHERE event.tenant_id = @tenant AND lane = 'operations' AND kind = 'unblock-requested'
      AND event.at >= @fromMs AND event.at < @toMs)`
const COUNTS = `count(*) AS requests, coalesce(sum(times), 0) AS asked, coalesce(sum(done.granted = 1), 0) AS granted,
  coalesce(sum(done.granted = 0), 0) AS refused,
  coalesce(sum(done.request IS NULL AND closed.request IS NOT NULL), 0) AS atBox
  FROM asked
    LEFT JOIN unblock_decision AS done ON done.tenant_id = @tenant AND done.appliance = asked.appliance
      AND done.request = asked.request
    LEFT JOIN closed ON closed.appliance = asked.appliance AND closed.request = asked.request`

type Bounds = [{ tenant: string; fromMs: number; toMs: number }]

/** Names by how often they were asked for; categories and lists by how often a block of theirs was lifted. */
export function readOverBlocks(db: Sqlite, { tenant, fromMs, toMs }: Span): OverBlocks {
  const span = { tenant, fromMs, toMs }
  const by = (column: string, order: string): readonly OverBlockRow[] =>
    db
      .prepare<Bounds, OverBlockRow>(
        `${REQUESTS} SELECT asked.${column} AS key, ${COUNTS} GROUP BY key ORDER BY ${order}, key LIMIT ${ROWS_MAX}`,
      )
      .all(span)
  const all = db.prepare<Bounds, RequestCounts>(`${REQUESTS} SELECT ${COUNTS}`).get(span)
  return {
    all: all ?? { requests: 0, asked: 0, granted: 0, refused: 0, atBox: 0 },
    names: by('name', 'asked DESC, granted DESC'),
    categories: by('category', 'granted DESC, asked DESC'),
    lists: by('list', 'granted DESC, asked DESC'),
  }
}
