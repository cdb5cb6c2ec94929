import type { Lane } from '#domain/event.ts'
import type { StatusReport } from '#domain/ingest.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { ApplianceStore, Gap, IngestFault } from './collector-store.ts'

/** A report signed earlier than the one we hold is a replay, unless the one we hold is this old: clocks get corrected. */
const CLOCK_DOUBT_MS = 10 * 60_000
const GAPS_MAX = 1000
const STATUSES_MAX = 10_000

interface GapRow {
  readonly appliance: string
  readonly epoch: string
  readonly lane: Lane
  readonly contiguous: number
  readonly highest: number
  readonly beyond: number
}

/** What the collector knows of boxes rather than of events. */
export function makeApplianceTables(db: Sqlite, faultsKeptMax: number): ApplianceStore {
  const upsertStatus = db.prepare<[string, string, number, number, string]>(
    `INSERT INTO status VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id, appliance) DO UPDATE SET
       signed_at = excluded.signed_at, received_at = excluded.received_at, report = excluded.report
     WHERE excluded.signed_at >= status.signed_at OR excluded.received_at > status.received_at + ${CLOCK_DOUBT_MS}`,
  )
  const readStatuses = db.prepare<
    [string],
    { appliance: string; receivedAt: number; report: string }
  >(
    `SELECT appliance, received_at AS receivedAt, report FROM status WHERE tenant_id = ? LIMIT ${STATUSES_MAX}`,
  )
  const readGaps = db.prepare<[string], GapRow>(
    `SELECT appliance, epoch, lane, contiguous, highest,
       (SELECT count(*) FROM ledger WHERE ledger.tenant_id = mark.tenant_id AND ledger.appliance = mark.appliance
          AND ledger.epoch = mark.epoch AND ledger.lane = mark.lane AND sequence > contiguous) AS beyond
     FROM mark WHERE tenant_id = ? AND highest > contiguous ORDER BY updated_at DESC LIMIT ${GAPS_MAX}`,
  )
  const upsertFault = db.prepare<[string, string, string, string, string, number, number]>(
    `INSERT INTO ingest_fault VALUES (?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (tenant_id, appliance, kind, subject)
     DO UPDATE SET times = times + 1, last_at = excluded.last_at, detail = excluded.detail`,
  )
  const trimFaults = db.prepare<[string, string, number]>(
    `DELETE FROM ingest_fault WHERE tenant_id = ? AND last_at <
       (SELECT last_at FROM ingest_fault WHERE tenant_id = ? ORDER BY last_at DESC LIMIT 1 OFFSET ?)`,
  )
  const readFaults = db.prepare<[string, number], IngestFault>(
    `SELECT appliance, kind, detail, times, first_at AS firstAt, last_at AS lastAt FROM ingest_fault
     WHERE tenant_id = ? ORDER BY last_at DESC LIMIT ?`,
  )

  return {
    takeStatus: async ({ tenant, appliance }, { report, signedAt, receivedAt }) => {
      upsertStatus.run(tenant, appliance, signedAt, receivedAt, JSON.stringify(report))
    },
    statuses: async (tenant) =>
      readStatuses.all(tenant).map(({ report, ...record }) => {
        const read: StatusReport = JSON.parse(report)
        return { ...record, report: read }
      }),
    gaps: async (tenant) => readGaps.all(tenant).map(gapOf),
    noteFault: async ({ tenant, appliance }, { kind, subject, detail }, nowMs) => {
      upsertFault.run(tenant, appliance, kind, subject, detail, nowMs, nowMs)
      trimFaults.run(tenant, tenant, faultsKeptMax - 1)
    },
    ingestFaults: async (tenant, limit) => readFaults.all(tenant, limit),
  }
}

function gapOf({ beyond, ...gap }: GapRow): Gap {
  return { ...gap, missing: gap.highest - gap.contiguous - beyond }
}
