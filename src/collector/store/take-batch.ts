/**
 * Exactly once: the ledger knows every (appliance, epoch, lane, sequence) that ever came and the hash of its row.
 * A sequence seen before with the same hash is a repeat, with another hash a conflict, and a conflict undoes the batch.
 */
import { type EventDraft, LANES, type Lane } from '#domain/event.ts'
import { failure, isFailure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { BatchTaken, Conflict, IncomingBatch, IncomingEvent } from './collector-store.ts'
import { inTransaction } from './in-transaction.ts'
import { makeKeepEvent } from './keep-event.ts'
import { makeMarks } from './marks.ts'

type LedgerKey = [tenant: string, appliance: string, epoch: string, lane: Lane, sequence: number]

/** Prepares the statements once; the function it returns takes one batch in one durable transaction. */
export function makeTakeBatch(db: Sqlite): (batch: IncomingBatch) => BatchTaken | Conflict {
  const insertLedger = db.prepare<[...LedgerKey, string, number, Uint8Array, number]>(
    'INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  const readLedger = db.prepare<LedgerKey, { row_hash: Uint8Array }>(
    'SELECT row_hash FROM ledger WHERE tenant_id = ? AND appliance = ? AND epoch = ? AND lane = ? AND sequence = ?',
  )
  const keepEvent = makeKeepEvent(db)
  const marks = makeMarks(db)

  const takeOne = (batch: IncomingBatch, incoming: IncomingEvent): 'new' | 'repeat' | Conflict => {
    const { event, rowHash } = incoming
    const key: LedgerKey = [batch.tenant, batch.appliance, batch.epoch, event.lane, event.sequence]
    const { changes } = insertLedger.run(
      ...key,
      event.id,
      event.revision,
      rowHash,
      batch.receivedAt,
    )
    if (changes === 1) return keepEvent(batch, incoming)
    const before = readLedger.get(...key)
    if (before !== undefined && Buffer.compare(before.row_hash, rowHash) === 0) return 'repeat'
    return failure(
      'conflicting-event',
      `sequence ${event.sequence} of lane ${event.lane} came before with another body`,
    )
  }

  return (batch) =>
    inTransaction(db, () => {
      const stored: EventDraft[] = []
      const reached = new Map<Lane, number>()
      for (const incoming of batch.events) {
        const taken = takeOne(batch, incoming)
        if (isFailure(taken)) return taken
        if (taken === 'new') stored.push(incoming.event)
        reached.set(incoming.event.lane, incoming.event.sequence)
      }
      for (const lane of LANES) {
        const highest = reached.get(lane)
        if (highest !== undefined) marks.advance(batch, lane, highest)
      }
      const at = {
        safeguarding: marks.of(batch, 'safeguarding'),
        operations: marks.of(batch, 'operations'),
      }
      return { marks: at, stored, repeated: batch.events.length - stored.length }
    })
}
