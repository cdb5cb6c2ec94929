import type { Sqlite } from '#platform/sqlite.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import type { TestNotice } from './judge-check.ts'

/** What boxes told of the test name of a category since an instant; events that began within `windowMs` before it may have gone on. */
export type ReadNotices = (
  category: string,
  asked: { readonly sinceMs: number; readonly windowMs: number },
) => readonly TestNotice[]

const NOTICES_MAX = 100

export function makeReadNotices(db: Sqlite, tenant: string): ReadNotices {
  const read = db.prepare<
    [
      {
        tenant: string
        category: string
        sinceMs: number
        firstMs: number
        list: string
        limit: number
      },
    ],
    { group: string; kind: string }
  >(
    `SELECT DISTINCT group_name AS "group", kind FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
       AND event_revision.event_id = event.id AND event_revision.revision = event.revision
     WHERE event.tenant_id = @tenant AND lane = 'safeguarding' AND first_at >= @firstMs AND category = @category
       AND json_extract(body, '$.list') = @list AND json_extract(body, '$.lastAt') >= @sinceMs LIMIT @limit`,
  )
  return (category, { sinceMs, windowMs }) =>
    read
      .all({
        tenant,
        category,
        sinceMs,
        firstMs: sinceMs - windowMs,
        list: CANARIES_LIST,
        limit: NOTICES_MAX,
      })
      .map(({ group, kind }) => ({ group, isBlocked: kind === 'lookup-blocked' }))
}
