import { LANES, type Lane } from '#domain/event.ts'
import { newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { HeldDraft } from './held-draft.ts'
import { type Epoch, LaneTable } from './lane-table.ts'

/** Both clocks at a moment, and how long the agent has been running in all. */
export interface StoreTime {
  readonly wallMs: number
  readonly aliveMs: number
}

/** A row as it is stored: the body is JSON text. */
export interface EventRow {
  readonly lane: Lane
  readonly sequence: number
  readonly id: string
  readonly revision: number
  readonly at: number
  readonly body: string
}

/**
 * The rows of the outbox and their sequences. Every sequence is given inside the transaction that stores its row, so what is
 * stored is dense; a row is only ever changed by acknowledging it or by moving it into a new epoch.
 */
export class EventStore {
  readonly lanes: LaneTable
  readonly #db: Sqlite
  readonly #insert
  readonly #has
  readonly #slice
  #rows: number

  constructor(db: Sqlite, wallMs: number) {
    this.#db = db
    this.lanes = new LaneTable(db)
    if (!this.lanes.hasEpoch) db.transaction(() => this.lanes.begin(newRandomId(), wallMs))()
    this.#insert = db.prepare<
      [number, Lane, number, string, number, number, string, number, number]
    >(
      `INSERT INTO event (epoch, lane, sequence, id, revision, at, body, stored_at, alive_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#has = db.prepare<[string, number], { found: 1 }>(
      'SELECT 1 AS found FROM event WHERE id = ? AND revision = ?',
    )
    this.#slice = db.prepare<[number, Lane, number, number], EventRow>(
      `SELECT lane, sequence, id, revision, at, body FROM event
       WHERE epoch = ? AND lane = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
    )
    this.#rows =
      db.prepare<[], { rows: number }>('SELECT count(*) AS rows FROM event').get()?.rows ?? 0
  }

  get epoch(): Epoch {
    return this.lanes.epoch
  }

  /** Rows in the file. */
  get rows(): number {
    return this.#rows
  }

  /** Tells the store that rows were deleted beside it. */
  noteDeleted(count: number): void {
    this.#rows -= count
  }

  /** Runs something as one durable transaction; throws what SQLite throws, and then nothing of it happened. */
  transaction<Result>(run: () => Result): Result {
    const rows = this.#rows
    try {
      return this.#db.transaction(run)()
    } catch (error) {
      this.#rows = rows
      this.lanes.reload()
      throw error
    }
  }

  /** Stores drafts in one transaction, each lane in the order given. A draft that is there already is passed over. */
  commit(drafts: readonly HeldDraft[], time: StoreTime): { stored: number; duplicates: number } {
    return this.transaction(() => {
      const last = this.lanes.lastSequences()
      let stored = 0
      for (const draft of drafts) {
        if (this.#has.get(draft.id, draft.revision)) continue
        last[draft.lane]++
        this.#store(draft, last[draft.lane], time)
        stored++
      }
      for (const lane of LANES) this.lanes.setLastSequence(lane, last[lane])
      return { stored, duplicates: drafts.length - stored }
    })
  }

  /** The next rows of a lane after the collector's mark, at most `max`, in order of sequence. */
  nextRows(lane: Lane, max: number): EventRow[] {
    return this.#slice.all(this.epoch.number, lane, this.lanes.state(lane).mark, max)
  }

  #store(draft: HeldDraft, sequence: number, { wallMs, aliveMs }: StoreTime): void {
    const { lane, id, revision, at, body } = draft
    this.#insert.run(this.epoch.number, lane, sequence, id, revision, at, body, wallMs, aliveMs)
    this.#rows++
  }
}
