import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { readClientKey } from '../identity/assignment.ts'
import { unpackRows } from './pack-rows.ts'
import { BATCH_MS, type QueryBatch, type QueryRow } from './query-row.ts'

/** What is due is deleted this much early, so that the log is overwritten once a minute and not with every batch. */
const AHEAD_MS = 60_000
/** Between two looks nothing may become too old. */
const LOOK_AHEAD_MS = 2 * BATCH_MS
/** Batches of one transaction, so that no delete makes a long journal. */
const DELETED_AT_ONCE = 200

/** Whose lookups, or of what; one of the two at least. Times in milliseconds since the epoch, `from` included, `to` not. */
export interface QueryFilter {
  /** A client's key, or the address or device in it. */
  readonly client?: string
  /** With all names below it; presentation form, lower case. */
  readonly name?: string
  readonly from: number
  readonly to: number
  readonly limit: number
}

/** A row as it is shown. */
export interface FoundQuery extends QueryRow {
  /** The begin of the five seconds in which it was. */
  readonly at: number
}

interface BatchRow {
  readonly at: number
  readonly rows: Uint8Array
}

/** The query log in its file. Throws what SQLite throws. */
export class QueryStore {
  readonly #db: Sqlite
  readonly #clock: Clock
  readonly #insert
  readonly #saveLife
  readonly #oldest
  readonly #expire
  readonly #trim
  readonly #between
  /** What the file had lived through when it was opened, less the clock of then. */
  readonly #lifeBefore: number

  constructor(db: Sqlite, clock: Clock) {
    this.#db = db
    this.#clock = clock
    this.#insert = db.prepare<[number, number, Uint8Array]>(
      'INSERT INTO batch (at, alive, rows) VALUES (?, ?, ?)',
    )
    this.#saveLife = db.prepare<[number]>('UPDATE life SET alive = ?')
    this.#oldest = db.prepare<[], { readonly at: number | null; readonly alive: number | null }>(
      'SELECT (SELECT min(at) FROM batch) AS at, (SELECT min(alive) FROM batch) AS alive',
    )
    this.#expire = db.prepare<[number, number, number]>(
      'DELETE FROM batch WHERE id IN (SELECT id FROM batch WHERE at <= ? OR alive <= ? LIMIT ?)',
    )
    this.#trim = db.prepare<[number]>(
      'DELETE FROM batch WHERE id IN (SELECT id FROM batch ORDER BY id LIMIT ?)',
    )
    this.#between = db.prepare<[number, number], BatchRow>(
      'SELECT at, rows FROM batch WHERE at > ? AND at < ? ORDER BY at DESC, id DESC',
    )
    const life = db.prepare<[], { readonly alive: number }>('SELECT alive FROM life').get()
    this.#lifeBefore = (life?.alive ?? 0) - clock.monotonicMs()
  }

  /** Bytes in use. */
  get bytes(): number {
    const read = (pragma: string): number => Number(this.#db.pragma(pragma, { simple: true }))
    return (read('page_count') - read('freelist_count')) * read('page_size')
  }

  /** Writes a batch, in a transaction of its own. */
  keep({ at, rows }: QueryBatch): void {
    const alive = this.#alive()
    this.#db.transaction(() => {
      this.#insert.run(Math.floor(at), alive, rows)
      this.#saveLife.run(alive)
    })()
  }

  /**
   * Deletes what has reached its age, by the wall clock or by what the agent has lived through, and leaves nothing of it in the
   * journal. Call it every BATCH_MS. Returns how many batches it deleted.
   */
  expire(keepMs: number): number {
    const [wall, alive] = [this.#clock.wallMs() - keepMs, this.#alive() - keepMs]
    const { at, alive: life } = this.#oldest.get() ?? { at: null, alive: null }
    if (at === null || life === null) return 0
    if (at > wall + LOOK_AHEAD_MS && life > alive + LOOK_AHEAD_MS) return 0
    return this.#deleting(
      () => this.#expire.run(wall + AHEAD_MS, alive + AHEAD_MS, DELETED_AT_ONCE).changes,
    )
  }

  /** Deletes the oldest while there is more than may be. Returns how many batches it deleted. */
  trim(bytesMax: number): number {
    if (this.bytes <= bytesMax) return 0
    return this.#deleting(() =>
      this.bytes <= bytesMax ? 0 : this.#trim.run(DELETED_AT_ONCE).changes,
    )
  }

  /** What was looked up, the newest first. */
  find({ client, name, from, to, limit }: QueryFilter): readonly FoundQuery[] {
    const found: FoundQuery[] = []
    for (const { at, rows } of this.#between.iterate(from - BATCH_MS, to)) {
      for (const row of unpackRows(rows)) {
        if (client !== undefined && !isClient(row.client, client)) continue
        if (name !== undefined && row.name !== name && !row.name.endsWith(`.${name}`)) continue
        found.push({ ...row, at })
        if (found.length >= limit) return found
      }
    }
    return found
  }

  close(): void {
    this.#saveLife.run(this.#alive())
    this.#db.close()
  }

  #alive(): number {
    return Math.floor(this.#lifeBefore + this.#clock.monotonicMs())
  }

  #deleting(deleteSome: () => number): number {
    let deleted = 0
    for (let some = deleteSome(); some > 0; some = deleteSome()) deleted += some
    this.#db.pragma('wal_checkpoint(TRUNCATE)')
    return deleted
  }
}

function isClient(key: string, wanted: string): boolean {
  if (key === wanted) return true
  const { address, device } = readClientKey(key)
  return address === wanted || device === wanted
}
