import type { UnblockRequested } from '#domain/unblock-event.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** A box forgets by then what nobody has looked at. */
const LOOK_BACK_MS = 90 * 86_400_000
const SHOWN_MAX = 200

/** A request to unblock that waits for an answer. Name and texts are hostile. */
export interface OpenRequest extends UnblockRequested {
  readonly appliance: string
  /** When it was first asked, and last. */
  readonly firstAt: number
  readonly lastAt: number
}

/** An answer that its box has not confirmed. */
export interface Decision {
  readonly appliance: string
  readonly request: string
  readonly who: string
  readonly answer: string
}

/** Requests to unblock of one tenant: asked at boxes, answered here or there. */
export interface UnblockRequests {
  /** The longest waiting first. */
  readonly open: (nowMs: number) => readonly OpenRequest[]
  /** Durable when it returns. */
  readonly decide: (decision: Decision & { readonly isGranted: boolean }, nowMs: number) => void
  readonly untold: (appliance: string) => readonly Decision[]
  readonly told: (appliance: string, request: string, nowMs: number) => void
}

interface Row {
  readonly appliance: string
  readonly firstAt: number
  readonly lastAt: number
  readonly body: string
}

const OPEN = `
  SELECT event.appliance AS appliance, event_revision.at AS lastAt, body,
    (SELECT min(at) FROM event_revision AS first WHERE first.tenant_id = event.tenant_id AND first.event_id = event.id) AS firstAt
  FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
    AND event_revision.event_id = event.id AND event_revision.revision = event.revision
  WHERE event.tenant_id = @tenant AND lane = 'operations' AND kind = 'unblock-requested' AND event.at >= @since
    AND NOT EXISTS (SELECT 1 FROM unblock_decision AS done WHERE done.tenant_id = event.tenant_id
      AND done.appliance = event.appliance AND done.request = json_extract(body, '$.request'))
    AND NOT EXISTS (SELECT 1 FROM event AS closing JOIN event_revision AS closed
      ON closed.tenant_id = closing.tenant_id AND closed.event_id = closing.id AND closed.revision = closing.revision
      WHERE closing.tenant_id = event.tenant_id AND closing.appliance = event.appliance AND closing.lane = 'operations'
        AND closing.kind = 'unblock-closed' AND closing.at >= event.at
        AND json_extract(closed.body, '$.request') = json_extract(event_revision.body, '$.request'))
  ORDER BY firstAt LIMIT ${SHOWN_MAX}`

export function makeUnblockRequests(db: Sqlite, tenant: string): UnblockRequests {
  const open = db.prepare<[{ tenant: string; since: number }], Row>(OPEN)
  const insert = db.prepare<[string, string, string, number, string, string, number]>(
    `INSERT OR IGNORE INTO unblock_decision (tenant_id, appliance, request, at, who, answer, granted)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const untold = db.prepare<[string, string], Decision>(
    `SELECT appliance, request, who, answer FROM unblock_decision
     WHERE tenant_id = ? AND appliance = ? AND told_at IS NULL ORDER BY at LIMIT ${SHOWN_MAX}`,
  )
  const told = db.prepare<[number, string, string, string]>(
    'UPDATE unblock_decision SET told_at = ? WHERE tenant_id = ? AND appliance = ? AND request = ?',
  )
  return {
    open: (nowMs) =>
      open.all({ tenant, since: nowMs - LOOK_BACK_MS }).map(({ body, ...row }) => {
        const read: UnblockRequested = JSON.parse(body)
        return { ...read, ...row }
      }),
    decide: ({ appliance, request, who, answer, isGranted }, nowMs) => {
      insert.run(tenant, appliance, request, nowMs, who, answer, Number(isGranted))
    },
    untold: (appliance) => untold.all(tenant, appliance),
    told: (appliance, request, nowMs) => {
      told.run(nowMs, tenant, appliance, request)
    },
  }
}
