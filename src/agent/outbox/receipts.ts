import { LANES, type Lane } from '#domain/event.ts'
import type { BatchReceipt } from '#domain/ingest.ts'
import { newEventId, newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { droppedDraft } from './dropped-draft.ts'
import type { EventStore, StoreTime } from './event-store.ts'
import type { Gap } from './pending-drafts.ts'

/** The highest sequence sent, of the lanes that were. */
export type SentUpTo = Readonly<Partial<Record<Lane, number>>>

/** What a receipt did to the rows. */
export interface ReceiptEffect {
  readonly acked: number
  /** Rows that were acknowledged once and must be sent again: the collector has lost them. */
  readonly takenBack: number
  readonly hasNewEpoch: boolean
}

/**
 * Believes the collector's marks, for rows that it was sent just now: a mark says what the collector holds under our keys,
 * which need not be what we hold under them when this file was restored from a backup. A mark lower than the one before (a
 * collector restored from backup) takes back what lies above it.
 *
 * A mark may stand before rows that no longer exist here: aged out unshipped, or acknowledged, deleted, and then lost
 * by the collector. It could never move again, and the lane would be sent for ever. So the outbox begins a new epoch: what is
 * kept moves there, counted from 1, and the gap is told as an event.
 */
export class Receipts {
  readonly #store: EventStore
  readonly #ack
  readonly #takeBack
  readonly #move

  constructor(db: Sqlite, store: EventStore) {
    this.#store = store
    this.#ack = db.prepare<[number, number, Lane, number, number]>(
      `UPDATE event SET acked_at = ? WHERE epoch = ? AND lane = ? AND sequence > ? AND sequence <= ?`,
    )
    this.#takeBack = db.prepare<[number, Lane, number]>(
      `UPDATE event SET acked_at = NULL
       WHERE epoch = ? AND lane = ? AND sequence > ? AND acked_at IS NOT NULL`,
    )
    this.#move = db.prepare<[number, number, number, Lane, number]>(
      `UPDATE event SET epoch = ?, sequence = sequence - ?
       WHERE epoch = ? AND lane = ? AND sequence > ?`,
    )
  }

  /**
   * Applies a receipt of this outbox's epoch in one transaction. `sent` holds, for each lane in the batch that it answers, the
   * highest sequence in it. Throws what SQLite throws.
   */
  apply({ marks }: BatchReceipt, sent: SentUpTo, time: StoreTime): ReceiptEffect {
    return this.#store.transaction(() => {
      const effects = LANES.map((lane) =>
        this.#applyMark(lane, marks[lane], sent[lane], time.wallMs),
      )
      const hasNewEpoch = LANES.some((lane) => this.#isStuck(lane, marks[lane]))
      if (hasNewEpoch) this.#beginEpoch(time)
      const sum = (name: 'acked' | 'takenBack'): number =>
        effects.reduce((total, effect) => total + effect[name], 0)
      return { acked: sum('acked'), takenBack: sum('takenBack'), hasNewEpoch }
    })
  }

  /**
   * Leaves the epoch after the collector found another event under one of its keys, as it does when this file was restored
   * from a backup: what it has not acknowledged goes again under keys that nobody has used. Throws what SQLite throws.
   */
  startOver(time: StoreTime): void {
    this.#store.transaction(() => this.#beginEpoch(time))
  }

  #applyMark(
    lane: Lane,
    reported: number,
    sent: number | undefined,
    wallMs: number,
  ): { acked: number; takenBack: number } {
    const { epoch, lanes } = this.#store
    const before = lanes.state(lane).mark
    const mark = Math.min(reported, Math.max(before, sent ?? before))
    if (mark === before) return { acked: 0, takenBack: 0 }
    lanes.setMark(lane, mark)
    if (mark < before)
      return { acked: 0, takenBack: this.#takeBack.run(epoch.number, lane, mark).changes }
    return { acked: this.#ack.run(wallMs, epoch.number, lane, before, mark).changes, takenBack: 0 }
  }

  /** Whether the mark can never move by sending: it stands before a hole, or beyond all we ever stored. */
  #isStuck(lane: Lane, reported: number): boolean {
    const { lanes } = this.#store
    const { lastSequence, mark } = lanes.state(lane)
    if (reported > lastSequence) return true
    const next = lanes.firstKeptAfter(lane, mark)
    return next !== undefined && next.sequence !== mark + 1
  }

  #beginEpoch(time: StoreTime): void {
    const { lanes, epoch: old } = this.#store
    const plans = LANES.map((lane) => ({ lane, ...lanes.state(lane), ...this.#plan(lane) }))
    lanes.begin(newRandomId(), time.wallMs)
    for (const { lane, base, lastSequence } of plans) {
      this.#move.run(lanes.epoch.number, base, old.number, lane, base)
      lanes.setLastSequence(lane, Math.max(0, lastSequence - base))
    }
    const drafts = plans.flatMap(({ gap }) =>
      gap ? [droppedDraft(gap, newEventId(), time.wallMs)] : [],
    )
    this.#store.commit(drafts, time)
  }

  /** What lies before the rows that move, and what is missing between the mark and them. */
  #plan(lane: Lane): { base: number; gap?: Gap } {
    const { lanes, epoch } = this.#store
    const { lastSequence, mark } = lanes.state(lane)
    const next = lanes.firstKeptAfter(lane, mark)
    const base = next ? next.sequence - 1 : Math.max(lastSequence, mark)
    const count = base - mark
    if (count <= 0) return { base }
    return { base, gap: { lane, count, firstAt: epoch.beganAt, lastAt: next?.at ?? epoch.beganAt } }
  }
}
