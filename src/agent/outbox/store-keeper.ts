import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { EventReader } from './event-reader.ts'
import { EventStore, type StoreTime } from './event-store.ts'
import { openStore } from './open-store.ts'
import type { OutboxLimits } from './outbox-limits.ts'
import { Receipts } from './receipts.ts'
import { type Deleted, Retention } from './retention.ts'
import { type PreviousRun, RunRecord } from './run-record.ts'
import { needsReopening, storageFaultCode } from './storage-fault.ts'

/** The file, open and looked over, and all that reads and writes it. */
export interface OpenedOutbox {
  readonly store: EventStore
  readonly receipts: Receipts
  readonly retention: Retention
  readonly reader: EventReader
  readonly previousRun: PreviousRun
  /** Both clocks, for the row that is about to be written. */
  readonly time: () => StoreTime
}

const OPEN_RETRY_MS = [250, 500, 1000, 2000, 5000] as const
const ALIVE_EVERY_MS = 10_000
const TIDY_EVERY_MS = 60_000
const TRIM_PASSES_MAX = 4

export interface StoreKeeperOptions {
  readonly stateDir: string
  /** Names this run of the agent. */
  readonly run: string
  readonly limits: OutboxLimits
  readonly clock: Clock
  readonly log: Log
  /** The file is open, or can be written again. */
  readonly onOpen: (opened: OpenedOutbox) => void
  readonly onDeleted: (deleted: Deleted) => void
  readonly onFault: (text: string) => void
  /** Disk or file fail; the keeper goes on trying. */
  readonly onDiskFault: (text: string) => void
}

/** Keeps the file open through what disks do, touches the run's sign of life, and deletes what is past its age. */
export class StoreKeeper {
  readonly #options: StoreKeeperOptions
  #db: Sqlite | undefined
  #opened: OpenedOutbox | undefined
  #record: RunRecord | undefined
  #timers: ReturnType<typeof setTimeout>[] = []
  #failures = 0
  #lastCode: string | undefined

  constructor(options: StoreKeeperOptions) {
    this.#options = options
  }

  get opened(): OpenedOutbox | undefined {
    return this.#opened
  }

  /** Opens the file, now and again later until it opens. Throws only for a fault of this program. */
  start(): void {
    this.#timers.push(setInterval(() => this.guard(() => this.#touch()), ALIVE_EVERY_MS))
    this.#timers.push(setInterval(() => this.guard(() => this.tidy()), TIDY_EVERY_MS))
    this.guard(() => this.#open())
  }

  /** Runs something that uses the file; a fault of disk or file is its answer and starts the healing. Throws anything else. */
  guard(run: () => void): string | undefined {
    try {
      run()
      return undefined
    } catch (error) {
      return this.heal(error)
    }
  }

  /** Deals with what a use of the file threw; answers the code of a fault that may heal. Throws anything else. */
  heal(error: unknown): string {
    const code = storageFaultCode(error)
    if (code === undefined) throw error
    if (this.#lastCode !== code) this.#options.log.warn({ code }, 'outbox file cannot be used')
    this.#lastCode = code
    this.#options.onDiskFault(`the outbox cannot write to its disk (${code})`)
    if (!this.#opened || needsReopening(code)) this.#reopenLater()
    return code
  }

  /** Deletes what is past its age; a pass is small and the next comes soon. */
  tidy(): void {
    if (!this.#opened) return
    const { retention, time } = this.#opened
    this.#options.onDeleted(retention.expire(time()))
    this.trim()
  }

  /** Deletes what is over the limit of rows: more than one commit can bring, so that the file cannot outgrow it. Answers whether it did. */
  trim(): boolean {
    let hasDeleted = false
    for (let pass = 0; pass < TRIM_PASSES_MAX; pass++) {
      const deleted = this.#opened?.retention.trim()
      if (!deleted) break
      this.#options.onDeleted(deleted)
      hasDeleted = true
    }
    return hasDeleted
  }

  /** Says goodbye in the file and closes it. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    const { clock } = this.#options
    this.guard(() => this.#record?.end(clock.wallMs(), clock.monotonicMs()))
    for (const timer of this.#timers) clearTimeout(timer)
    this.#drop()
  }

  #touch(): void {
    const { clock, onOpen } = this.#options
    if (!this.#record || !this.#opened) return
    this.#record.touch(clock.wallMs(), clock.monotonicMs())
    if (this.#lastCode === undefined) return
    this.#lastCode = undefined
    onOpen(this.#opened)
  }

  #open(): void {
    const { stateDir, limits, clock, run, onOpen, onFault } = this.#options
    const { db, fault } = openStore(stateDir, limits.asideFilesMax, clock.wallMs())
    this.#db = db
    const store = new EventStore(db, clock.wallMs())
    const record = new RunRecord(db, clock.monotonicMs())
    const previousRun = record.begin(run, fault !== undefined, clock.wallMs(), clock.monotonicMs())
    this.#record = record
    this.#opened = {
      store,
      receipts: new Receipts(db, store),
      retention: new Retention(db, store, limits),
      reader: new EventReader(db),
      previousRun,
      time: () => ({ wallMs: clock.wallMs(), aliveMs: record.aliveMs(clock.monotonicMs()) }),
    }
    this.#failures = 0
    this.#lastCode = undefined
    if (fault) onFault(fault)
    onOpen(this.#opened)
  }

  #reopenLater(): void {
    this.#drop()
    const waitMs = OPEN_RETRY_MS[Math.min(this.#failures++, OPEN_RETRY_MS.length - 1)]
    this.#timers = this.#timers.slice(0, 2)
    this.#timers.push(setTimeout(() => this.guard(() => this.#open()), waitMs))
  }

  #drop(): void {
    const db = this.#db
    this.#db = undefined
    this.#opened = undefined
    this.#record = undefined
    try {
      db?.close()
    } catch (error) {
      if (storageFaultCode(error) === undefined) throw error
    }
  }
}
