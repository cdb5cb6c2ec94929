import { LANES, type Lane } from '#domain/event.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** `number` orders the epochs of this file, `id` is what the collector sees. */
export interface Epoch {
  readonly number: number
  readonly id: string
  readonly beganAt: number
}

export interface LaneState {
  readonly lastSequence: number
  /** What the collector said last: it has everything up to here. */
  readonly mark: number
}

/** The newest epoch and, for each of its lanes, the last sequence given and the collector's mark. */
export class LaneTable {
  readonly #newest
  readonly #state
  readonly #setLast
  readonly #setMark
  readonly #firstAfter
  readonly #beginEpoch
  readonly #beginLane
  #epoch: Epoch | undefined

  constructor(db: Sqlite) {
    this.#newest = db.prepare<[], Epoch>(
      'SELECT number, id, began_at AS beganAt FROM epoch ORDER BY number DESC LIMIT 1',
    )
    this.#state = db.prepare<[number, Lane], LaneState>(
      'SELECT last_sequence AS lastSequence, mark FROM lane WHERE epoch = ? AND lane = ?',
    )
    this.#setLast = db.prepare<[number, number, Lane]>(
      'UPDATE lane SET last_sequence = ? WHERE epoch = ? AND lane = ?',
    )
    this.#setMark = db.prepare<[number, number, Lane]>(
      'UPDATE lane SET mark = ? WHERE epoch = ? AND lane = ?',
    )
    this.#firstAfter = db.prepare<[number, Lane, number], { sequence: number; at: number }>(
      `SELECT sequence, at FROM event WHERE epoch = ? AND lane = ? AND sequence > ?
       ORDER BY sequence LIMIT 1`,
    )
    this.#beginEpoch = db.prepare<[string, number]>(
      'INSERT INTO epoch (id, began_at) VALUES (?, ?)',
    )
    this.#beginLane = db.prepare<[number, Lane]>(
      'INSERT INTO lane (epoch, lane, last_sequence, mark) VALUES (?, ?, 0, 0)',
    )
    this.reload()
  }

  get hasEpoch(): boolean {
    return this.#epoch !== undefined
  }

  get epoch(): Epoch {
    if (!this.#epoch) throw new OutboxInvariantError('the outbox has no epoch')
    return this.#epoch
  }

  /** Reads the newest epoch again, after a transaction that began one was rolled back. */
  reload(): void {
    this.#epoch = this.#newest.get()
  }

  /** Begins a new epoch, both lanes empty; the caller moves the rows. */
  begin(id: string, wallMs: number): void {
    this.#beginEpoch.run(id, wallMs)
    this.reload()
    for (const lane of LANES) this.#beginLane.run(this.epoch.number, lane)
  }

  state(lane: Lane): LaneState {
    const state = this.#state.get(this.epoch.number, lane)
    if (!state) throw new OutboxInvariantError(`lane ${lane} is missing`)
    return state
  }

  lastSequences(): Record<Lane, number> {
    return {
      safeguarding: this.state('safeguarding').lastSequence,
      operations: this.state('operations').lastSequence,
    }
  }

  setLastSequence(lane: Lane, sequence: number): void {
    this.#setLast.run(sequence, this.epoch.number, lane)
  }

  setMark(lane: Lane, mark: number): void {
    this.#setMark.run(mark, this.epoch.number, lane)
  }

  /** The first row after a sequence that is still kept, and when it happened. */
  firstKeptAfter(lane: Lane, sequence: number): { sequence: number; at: number } | undefined {
    return this.#firstAfter.get(this.epoch.number, lane, sequence)
  }

  /** Rows of both lanes that the collector has not acknowledged. */
  waiting(): Record<Lane, number> {
    const count = (lane: Lane): number => {
      const { lastSequence, mark } = this.state(lane)
      const first = this.firstKeptAfter(lane, mark)
      return first ? lastSequence - first.sequence + 1 : 0
    }
    return { safeguarding: count('safeguarding'), operations: count('operations') }
  }
}

/** Something that this folder promises itself is not so. */
class OutboxInvariantError extends Error {
  readonly code = 'EDGE_OUTBOX_INVARIANT'
}
