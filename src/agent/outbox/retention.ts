import type { Lane } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { EventStore, StoreTime } from './event-store.ts'
import type { OutboxLimits } from './outbox-limits.ts'

const DAY_MS = 86_400_000
/** The agent must have run for this long since a row was stored before its age by the wall clock is believed. */
const ALIVE_MS_MIN = DAY_MS

/** Rows deleted by one pass. Those that were never acknowledged are lost to the collector: they are counted by lane. */
export interface Deleted {
  readonly acked: number
  readonly lost: Readonly<Record<Lane, number>>
}

/** Deletes what the outbox no longer owes anybody, in small transactions. */
export class Retention {
  readonly #store: EventStore
  readonly #limits: OutboxLimits
  readonly #agedAcked
  readonly #agedUnacked
  readonly #oldestAcked
  readonly #oldestOf

  constructor(db: Sqlite, store: EventStore, limits: OutboxLimits) {
    this.#store = store
    this.#limits = limits
    this.#agedAcked = db.prepare<[number, number, number], { lane: Lane }>(
      remove('acked_at < ? AND alive_ms < ? ORDER BY acked_at LIMIT ?'),
    )
    this.#agedUnacked = db.prepare<[number, number, number], { lane: Lane }>(
      remove('acked_at IS NULL AND stored_at < ? AND alive_ms < ? ORDER BY stored_at LIMIT ?'),
    )
    this.#oldestAcked = db.prepare<[number], { lane: Lane }>(
      remove('acked_at IS NOT NULL ORDER BY acked_at LIMIT ?'),
    )
    this.#oldestOf = db.prepare<[number, Lane, number, number], { lane: Lane }>(
      remove('epoch = ? AND lane = ? AND sequence > ? ORDER BY sequence LIMIT ?'),
    )
  }

  /** Deletes rows past their age, at most `deleteRowsMax` of each kind. Throws what SQLite throws. */
  expire(time: StoreTime): Deleted {
    const { ackedDaysMax, unackedDaysMax, deleteRowsMax } = this.#limits
    const alive = time.aliveMs - ALIVE_MS_MIN
    return this.#count(() => ({
      acked: this.#agedAcked.all(time.wallMs - ackedDaysMax * DAY_MS, alive, deleteRowsMax),
      lost: this.#agedUnacked.all(time.wallMs - unackedDaysMax * DAY_MS, alive, deleteRowsMax),
    }))
  }

  /** Brings the number of rows back to its limit: acknowledged ones first, then operations, safeguarding last. */
  trim(): Deleted | undefined {
    const excess = Math.min(this.#store.rows - this.#limits.rowsMax, this.#limits.deleteRowsMax)
    if (excess <= 0) return undefined
    return this.#count(() => {
      const acked = this.#oldestAcked.all(excess)
      const operations = this.#oldest('operations', excess - acked.length)
      const safeguarding = this.#oldest('safeguarding', excess - acked.length - operations.length)
      return { acked, lost: [...operations, ...safeguarding] }
    })
  }

  #oldest(lane: Lane, count: number): { lane: Lane }[] {
    const { epoch, lanes } = this.#store
    return count > 0 ? this.#oldestOf.all(epoch.number, lane, lanes.state(lane).mark, count) : []
  }

  #count(run: () => { acked: { lane: Lane }[]; lost: { lane: Lane }[] }): Deleted {
    return this.#store.transaction(() => {
      const { acked, lost } = run()
      this.#store.noteDeleted(acked.length + lost.length)
      const lostOf = (lane: Lane): number => lost.filter((row) => row.lane === lane).length
      return {
        acked: acked.length,
        lost: { safeguarding: lostOf('safeguarding'), operations: lostOf('operations') },
      }
    })
  }
}

function remove(where: string): string {
  return `DELETE FROM event WHERE rowid IN (SELECT rowid FROM event WHERE ${where}) RETURNING lane`
}
