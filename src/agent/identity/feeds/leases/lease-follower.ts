import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { type Failure, isFailure } from '#domain/failure.ts'
import { shortTurns } from '#platform/short-turns.ts'
import type { LeaseFormat } from '../../../policy/sections/identity.ts'
import type { Sighting } from '../../sighting.ts'
import type { FeedParts } from '../feed-parts.ts'
import { LeaseBook, type Moment } from './lease-book.ts'
import { LEASE_LIMITS } from './lease-limits.ts'
import { LeaseReader, type LeaseReading } from './lease-reader.ts'

export interface LeaseFile {
  /** Absolute. */
  readonly path: string
  readonly format: LeaseFormat
}

/** The wall clock goes by itself and is set; less than this is no jump. */
const JUMP_MS = 2_000
/** A file that takes so many milliseconds to read is read again after so many times that. */
const REST_TIMES = 4

/** Follows one lease file: tells what it says, and what has run out. */
export class LeaseFollower {
  readonly reader: LeaseReader
  readonly book: LeaseBook = new LeaseBook()
  readonly #file: LeaseFile
  readonly #parts: FeedParts
  readonly #looking: NodeJS.Timeout
  #watcher: FSWatcher | undefined
  #soon: NodeJS.Timeout | undefined
  #turn: Promise<void> | undefined
  /** By the monotonic clock. */
  #nextReadAtMs = -Infinity
  /** Wall clock less the monotonic one: jumps when the wall clock is set. */
  #offsetMs: number
  #isAnew = false
  #isClosed = false
  #trouble: string | undefined

  constructor(file: LeaseFile, parts: FeedParts) {
    this.#file = file
    this.#parts = parts
    this.reader = new LeaseReader(file.path, file.format, parts.clock)
    this.#offsetMs = parts.clock.wallMs() - parts.clock.monotonicMs()
    this.#looking = setInterval(() => this.#look(), LEASE_LIMITS.lookEveryMs)
    this.#looking.unref()
    this.#watchFolder()
    this.#look()
  }

  /** Whether the file could be read last. */
  get isReadable(): boolean {
    return this.#trouble === undefined
  }

  /** Resolves when nothing is told any more. With `isForgetting` all that was told is taken back first. */
  async close(isForgetting: boolean): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#looking)
    clearTimeout(this.#soon)
    this.#watcher?.close()
    await this.#turn
    if (isForgetting) await this.#tellAll(this.book.close())
  }

  #look(): void {
    if (this.#isClosed || this.#turn) return
    if (!this.#watcher) this.#watchFolder()
    const waitMs = this.#nextReadAtMs - this.#parts.clock.monotonicMs()
    if (waitMs > 0) return this.#lookIn(waitMs)
    this.#turn = this.#takeTurn().finally(() => {
      this.#turn = undefined
    })
  }

  #lookIn(waitMs: number): void {
    if (this.#isClosed || this.#soon) return
    this.#soon = setTimeout(() => {
      this.#soon = undefined
      this.#look()
    }, waitMs)
    this.#soon.unref()
  }

  /** Never rejects. */
  async #takeTurn(): Promise<void> {
    this.#followClock()
    const reading = await this.#read()
    this.#settle(reading)
    if (isFailure(reading) || reading.kind === 'same') {
      await this.#tellAll(this.book.ends(this.#now()))
      return
    }
    if (reading.kind === 'torn') return this.#lookIn(LEASE_LIMITS.quietMs)
    const isAnew = this.#isAnew
    this.#isAnew = false
    await this.#tellAll(this.book.take(reading.rows, { kind: reading.kind, isAnew }, this.#now()))
    await this.#tellAll(this.book.ends(this.#now()))
  }

  /** A reading that takes long is followed by as long a rest and more. */
  async #read(): Promise<LeaseReading | Failure> {
    const { clock } = this.#parts
    const startedAtMs = clock.monotonicMs()
    const { reads } = this.reader.counts
    const reading = await this.reader.read()
    if (this.reader.counts.reads === reads) return reading
    const tookMs = clock.monotonicMs() - startedAtMs
    const { readEveryMs, restMs } = LEASE_LIMITS
    this.#nextReadAtMs = startedAtMs + Math.max(readEveryMs, Math.min(restMs, tookMs * REST_TIMES))
    return reading
  }

  /** What was told lasts for so long from then; where the wall clock was set, that is wrong by as much. */
  #followClock(): void {
    const { wallMs, monotonicMs } = this.#now()
    const offsetMs = wallMs - monotonicMs
    const isJump = Math.abs(offsetMs - this.#offsetMs) > JUMP_MS
    this.#offsetMs = offsetMs
    if (!isJump) return
    this.#isAnew = true
    this.reader.forget()
  }

  async #tellAll(steps: Generator<readonly Sighting[], void>): Promise<void> {
    const turns = shortTurns(this.#parts.clock)
    for (const sightings of steps) {
      for (const sighting of sightings) this.#parts.tell(sighting)
      // oxlint-disable-next-line no-await-in-loop -- others have their turn between two steps
      if (turns.isOver()) await turns.next()
    }
  }

  #settle(reading: Failure | { readonly kind: string }): void {
    const trouble = isFailure(reading) ? reading.detail : undefined
    if (trouble === this.#trouble) return
    const { log, faults } = this.#parts
    const { path } = this.#file
    this.#trouble = trouble
    if (trouble === undefined) return log.info({ path }, 'lease file is read again')
    const detail = `lease file ${JSON.stringify(path)} cannot be read, what it said before holds until it expires: ${trouble}`
    faults.add('identity', detail)
    log.warn({ path, detail: trouble }, 'lease file cannot be read')
  }

  #now(): Moment {
    const { clock } = this.#parts
    return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() }
  }

  /** The folder, because servers replace the file by a rename; the regular look goes on without a watcher. */
  #watchFolder(): void {
    const name = basename(this.#file.path)
    try {
      const watcher = watch(dirname(this.#file.path), { persistent: false }, (_, changed) => {
        if (changed === null || changed.startsWith(name)) this.#look()
      })
      this.#watcher = watcher
      watcher.on('error', () => {
        watcher.close()
        this.#watcher = undefined
      })
    } catch {
      this.#watcher = undefined
    }
  }
}
