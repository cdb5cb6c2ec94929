import type { Sqlite } from '#platform/sqlite.ts'
import type { Span } from './alert-figures.ts'

/** A name that may be blocked without need. */
export interface OverBlocked {
  /** Hostile text, presentation form. */
  readonly name: string
  /** Times that somebody asked for it to be opened. */
  readonly asked: number
  /** Alerts that were closed since it is not of the kind that a list says. */
  readonly wrongCategory: number
}

/** Those that most speaks for, first. Of illegal material nothing stands here. */
export function readOverBlocked(
  db: Sqlite,
  { tenant, fromMs, toMs }: Span,
  limit: number,
): readonly OverBlocked[] {
  return db
    .prepare<[{ tenant: string; fromMs: number; toMs: number; limit: number }], OverBlocked>(
      `SELECT name, sum(asked) AS asked, sum(wrong) AS wrongCategory FROM (
         SELECT json_extract(body, '$.name') AS name, json_extract(body, '$.count') AS asked, 0 AS wrong
         FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
           AND event_revision.event_id = event.id AND event_revision.revision = event.revision
         WHERE event.tenant_id = @tenant AND lane = 'operations' AND kind = 'unblock-requested' AND event.at >= @fromMs AND event.at < @toMs
         UNION ALL
         SELECT site AS name, 0 AS asked, count(*) AS wrong FROM wrong_site INDEXED BY wrong_site_closed
         WHERE tenant_id = @tenant AND closed_at >= @fromMs AND closed_at < @toMs GROUP BY site)
       GROUP BY name ORDER BY sum(asked) + sum(wrong) DESC, name LIMIT @limit`,
    )
    .all({ tenant, fromMs, toMs, limit })
}
