import type { EventBody, SelftestChanged } from '#domain/event.ts'
import type { StatusReport } from '#domain/ingest.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** What shows whether silence means that nothing happened. */
export interface Coverage {
  /** That ever reported, and that did within the last day. */
  readonly boxes: number
  readonly heardLately: number
  readonly devices: number
  /** Of all queries the share whose person or device was sure; undefined where no box says. */
  readonly identifiedRatio: number | undefined
  /** Themes that some box has no list for: "this box cannot notice ...". */
  readonly cannotNotice: readonly string[]
  /** The last self-test that found something new; absent where none was told. */
  readonly lastTest:
    | {
        readonly at: number
        readonly passed: number
        readonly failed: number
        readonly unknown: number
      }
    | undefined
}

const DAY_MS = 86_400_000
const BOXES_MAX = 10_000

/** As the boxes reported last. */
export function readCoverage(db: Sqlite, tenant: string, nowMs: number): Coverage {
  const rows = db
    .prepare<[string, number], { receivedAt: number; text: string }>(
      'SELECT received_at AS receivedAt, report AS text FROM status WHERE tenant_id = ? LIMIT ?',
    )
    .all(tenant, BOXES_MAX)
  const reports = rows.map(({ text }): StatusReport => JSON.parse(text))
  const known = reports.flatMap(({ identity }) => identity ?? [])
  const sure = sum(known.map(({ queries }) => queries.certain + queries.strong))
  const all = sum(known.flatMap(({ queries }) => Object.values(queries)))
  return {
    boxes: rows.length,
    heardLately: rows.filter(({ receivedAt }) => nowMs - receivedAt < DAY_MS).length,
    devices: sum(known.map(({ devices }) => devices)),
    identifiedRatio: all === 0 ? undefined : sure / all,
    cannotNotice: [...new Set(reports.flatMap((one) => one.themesWithoutList))].toSorted(),
    lastTest: readLastTest(db, tenant),
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((one, other) => one + other, 0)
}

function readLastTest(db: Sqlite, tenant: string): Coverage['lastTest'] {
  const row = db
    .prepare<[string], { at: number; text: string }>(
      `SELECT event.at AS at, body AS text FROM event JOIN event_revision ON event_revision.tenant_id = event.tenant_id
         AND event_revision.event_id = event.id AND event_revision.revision = event.revision
       WHERE event.tenant_id = ? AND lane = 'operations' AND kind = 'selftest-changed' ORDER BY event.at DESC LIMIT 1`,
    )
    .get(tenant)
  if (row === undefined) return undefined
  const body: EventBody = JSON.parse(row.text)
  return isTest(body)
    ? { at: row.at, passed: body.passed, failed: body.failed, unknown: body.unknown }
    : undefined
}

function isTest(body: EventBody): body is SelftestChanged {
  return body.kind === 'selftest-changed'
}
