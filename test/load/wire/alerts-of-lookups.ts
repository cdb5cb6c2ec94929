import type { EventBody } from '#domain/event.ts'
import { isSafeguarding } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { AlertSeen } from '#simulator/run/alert-book.ts'
import { openCollectorPart } from '#simulator/run/collector-part.ts'

interface Row {
  readonly id: string
  readonly revision: number
  readonly at: number
  readonly receivedAt: number
  readonly body: string
}

/**
 * The alerts that a collector's lookups come to without anything else: they are judged again as they came, in a new `file`.
 * What a box notices of ways round the filter by other signs raises alerts too, and these take lookups that alone are
 * worth none; a run in one process has no such signs to compare them with.
 */
export function alertsOfLookups(
  collected: Sqlite,
  file: string,
  times: { readonly lookEveryMs: number; readonly settlesMs: number },
): readonly AlertSeen[] {
  const rows = collected
    .prepare<[], Row>(
      `SELECT event_id AS id, revision, at, received_at AS receivedAt, body FROM event_revision
       ORDER BY received_at, at, event_id, revision`,
    )
    .all()
  const { lookEveryMs, settlesMs } = times
  const part = openCollectorPart(file)
  try {
    let nowMs = rows[0]?.receivedAt ?? 0
    const lookUntil = (endMs: number): void => {
      for (; nowMs + lookEveryMs < endMs; nowMs += lookEveryMs) part.look(nowMs)
    }
    for (const { body: text, receivedAt, ...draft } of rows) {
      const body: EventBody = JSON.parse(text)
      if (!isSafeguarding(body)) continue
      lookUntil(receivedAt)
      part.take([{ ...draft, body }], receivedAt)
    }
    lookUntil(nowMs + settlesMs)
    return part.alerts()
  } finally {
    part.close()
  }
}
