import type { Lane } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { IncomingBatch } from './collector-store.ts'

type LaneKey = [tenant: string, appliance: string, epoch: string, lane: Lane]

/** Up to where each lane is complete. */
export interface Marks {
  /** The highest sequence below which nothing is missing; 0 when nothing came. */
  readonly of: (batch: IncomingBatch, lane: Lane) => number
  /** Moves the mark over what the ledger now holds. Call inside the batch's transaction. */
  readonly advance: (batch: IncomingBatch, lane: Lane, reached: number) => void
}

export function makeMarks(db: Sqlite): Marks {
  const readMark = db.prepare<LaneKey, { contiguous: number }>(
    'SELECT contiguous FROM mark WHERE tenant_id = ? AND appliance = ? AND epoch = ? AND lane = ?',
  )
  const readBeyond = db.prepare<[...LaneKey, number], { sequence: number }>(
    `SELECT sequence FROM ledger WHERE tenant_id = ? AND appliance = ? AND epoch = ? AND lane = ? AND sequence > ?
     ORDER BY sequence`,
  )
  const writeMark = db.prepare<[...LaneKey, number, number, number]>(
    `INSERT INTO mark VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, appliance, epoch, lane) DO UPDATE SET
       contiguous = excluded.contiguous, highest = max(highest, excluded.highest), updated_at = excluded.updated_at`,
  )
  const of = (batch: IncomingBatch, lane: Lane): number =>
    readMark.get(...keyOf(batch, lane))?.contiguous ?? 0

  const advance = (batch: IncomingBatch, lane: Lane, reached: number): void => {
    const key = keyOf(batch, lane)
    let mark = of(batch, lane)
    for (const { sequence } of readBeyond.iterate(...key, mark)) {
      if (sequence !== mark + 1) break
      mark = sequence
    }
    writeMark.run(...key, mark, reached, batch.receivedAt)
  }
  return { of, advance }
}

function keyOf({ tenant, appliance, epoch }: IncomingBatch, lane: Lane): LaneKey {
  return [tenant, appliance, epoch, lane]
}
