import type { EventBody, Lane, StoredEvent } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { EventRow } from './event-store.ts'
import type { WindowedKind } from './store-messages.ts'

/** What to show of safeguarding events; times in milliseconds since the epoch, `from` included, `to` not. */
export interface EventFilter {
  readonly from?: number
  readonly to?: number
  readonly category?: string
  readonly limit: number
}

/** Events of one category on one day (UTC), without anything of a person. */
export interface EventCount {
  readonly day: string
  readonly category: string
  readonly events: number
  readonly lookups: number
}

const OPEN_EVENTS_MAX = 10_000
const COUNT_ROWS_MAX = 10_000
/** Of the revisions of an event only the highest is the event. */
const LATEST = 'revision = (SELECT max(revision) FROM event AS other WHERE other.id = event.id)'
const FAR_FUTURE = Number.MAX_SAFE_INTEGER

/** Reads safeguarding events back. Everything is bounded; nothing is written. */
export class EventReader {
  readonly #open
  readonly #filtered
  readonly #counts

  constructor(db: Sqlite) {
    const columns = 'lane, sequence, id, revision, at, body'
    this.#open = db.prepare<[Lane, number, WindowedKind, number, number], EventRow>(
      `SELECT ${columns} FROM event WHERE lane = ? AND at > ? AND ${LATEST}
       AND json_extract(body, '$.kind') = ? AND json_extract(body, '$.firstAt') > ? ORDER BY at LIMIT ?`,
    )
    this.#filtered = db.prepare<[number, number, string | null, number], EventRow>(
      `SELECT ${columns} FROM event WHERE lane = 'safeguarding' AND at >= ? AND at < ? AND ${LATEST}
       AND coalesce(json_extract(body, '$.category') = ?, 1) ORDER BY at DESC LIMIT ?`,
    )
    this.#counts = db.prepare<[number], EventCount>(
      `SELECT date(at / 1000, 'unixepoch') AS day, json_extract(body, '$.category') AS category,
       count(*) AS events, sum(json_extract(body, '$.count')) AS lookups
       FROM event WHERE lane = 'safeguarding' AND ${LATEST}
       GROUP BY day, category ORDER BY day DESC, category LIMIT ?`,
    )
  }

  /** Events of a kind that began within the window, oldest first. */
  open(nowMs: number, windowMs: number, kind: WindowedKind): StoredEvent[] {
    const since = nowMs - windowMs
    const lane = kind === 'bypass-noticed' ? 'operations' : 'safeguarding'
    return this.#open.all(lane, since, kind, since, OPEN_EVENTS_MAX).map(storedEventOf)
  }

  /** Events in full, newest first. The caller has written down who reads them. */
  filtered({ from = 0, to = FAR_FUTURE, category, limit }: EventFilter): StoredEvent[] {
    return this.#filtered.all(from, to, category ?? null, limit).map(storedEventOf)
  }

  counts(): EventCount[] {
    return this.#counts.all(COUNT_ROWS_MAX)
  }
}

function storedEventOf({ body: text, ...row }: EventRow): StoredEvent {
  const body: EventBody = JSON.parse(text)
  return { v: 1, ...row, body }
}
