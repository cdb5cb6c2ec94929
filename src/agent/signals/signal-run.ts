import type { Moment } from '#domain/signal.ts'
import { isAlerting } from '#rules/categories.ts'
import { momentOf } from '#safeguarding/moment.ts'
import { hasPrivateWord, isPrivateService } from '#safeguarding/private-names.ts'
import { QueryFold } from '../queries/query-fold.ts'
import { BATCH_MS } from '../queries/query-row.ts'
import { EventBook } from './event-book.ts'
import { ObservedReader, type ObservedRecord } from './observed-reader.ts'
import type { SignalDesk, SignalFound } from './signal-desk.ts'
import type {
  FromSignals,
  SignalReadings,
  SignalSettings,
  SignalWorkerData,
  ToSignals,
} from './signal-messages.ts'

/** The main thread says within this time which event a lookup goes with. */
const EVENT_MS = 150
/** When it has said nothing for so long it is too busy; the lookup goes on without. */
const EVENT_MAX_MS = 3_000
/** Names of which it is known whether they may be written down; when there are more, all are forgotten. */
const NAMES_MAX = 16_384

export interface SignalRunParts extends SignalWorkerData {
  /** Wall time, and the machine's monotonic time: see `machineOffsetMs`. */
  readonly wallMs: () => number
  readonly machineMs: () => number
  readonly makeDesk: (parts: {
    readonly momentAt: (ms: number) => Moment
    readonly found: (one: SignalFound) => void
  }) => SignalDesk
  readonly tell: (message: FromSignals) => void
}

/** What the signal worker does: takes lookups out of the rings, shows them to the desk, and gathers them for the query log. */
export class SignalRun {
  readonly #parts: SignalRunParts
  readonly #readers: readonly ObservedReader[]
  readonly #desk: SignalDesk
  readonly #events = new EventBook()
  readonly #fold = new QueryFold()
  readonly #private = new Map<string, boolean>()
  #settings: SignalSettings
  #found: SignalFound[] = []
  #wallMs = 0
  #batchAtMs: number
  #lookups = 0
  #foundInAll = 0
  #unmatched = 0
  readonly #take = (record: ObservedRecord): boolean => this.#observe(record)

  constructor(parts: SignalRunParts) {
    this.#parts = parts
    this.#settings = parts.settings
    this.#readers = parts.rings.map((memory) => new ObservedReader(memory))
    for (const event of parts.events) this.#events.follow(event)
    this.#batchAtMs = parts.machineMs() + BATCH_MS
    this.#desk = parts.makeDesk({
      momentAt: (ms) => momentOf(this.#settings.timetable, ms),
      found: (one) => this.#found.push(one),
    })
  }

  hear(message: Exclude<ToSignals, { kind: 'close' }>): void {
    if (message.kind === 'use') this.#settings = message.settings
    else this.#events.follow(message.event)
  }

  /** Call it some times a second. */
  turn(): void {
    const machineMs = this.#parts.machineMs()
    this.#wallMs = this.#parts.wallMs()
    for (const reader of this.#readers) reader.drain(machineMs, this.#take)
    this.#desk.look(this.#wallMs)
    this.#tellFound()
    if (machineMs < this.#batchAtMs) return
    this.#batchAtMs = machineMs + BATCH_MS
    this.#tellBatch()
    this.#parts.tell({ kind: 'state', readings: this.readings() })
  }

  /** Tells what has been gathered; it ends. */
  end(): void {
    this.turn()
    this.#tellBatch()
  }

  readings(): SignalReadings {
    return {
      lookups: this.#lookups,
      clients: this.#desk.counters().clients,
      found: this.#foundInAll,
      unmatched: this.#unmatched,
      unlogged: this.#fold.dropped,
    }
  }

  /** False where it must wait for the word on its event. */
  #observe({
    client: who,
    name,
    type,
    verdict,
    category,
    isTrial,
    ageMs,
  }: ObservedRecord): boolean {
    const isWatched = verdict !== 'allowed' && category !== undefined && isAlerting(category)
    const { key: client, group } = who
    let event: string | undefined
    if (isWatched) {
      if (ageMs < EVENT_MS) return false
      const isMonitored = verdict === 'monitored'
      event = this.#events.find({ client, category, isMonitored, isTrial })
      if (event === undefined && ageMs < EVENT_MAX_MS) return false
      if (event === undefined) this.#unmatched += 1
    }
    this.#lookups += 1
    const atMs = this.#wallMs - ageMs
    const { scores, logs } = this.#settings
    if (scores)
      this.#desk.observe({
        atMs,
        client,
        group,
        name,
        type,
        verdict,
        ...(category !== undefined && { category }),
        ...(event !== undefined && { event }),
      })
    if (logs && !this.#isPrivate(name, isWatched))
      this.#fold.add({ client, name, verdict, category }, atMs)
    return true
  }

  /** Whether a name may not be written down. One that only sounds so is, where the filter has to watch it. */
  #isPrivate(name: string, isWatched: boolean): boolean {
    const key = isWatched ? `!${name}` : name
    const known = this.#private.get(key)
    if (known !== undefined) return known
    if (this.#private.size >= NAMES_MAX) this.#private.clear()
    const isPrivate = isPrivateService(name) || (!isWatched && hasPrivateWord(name))
    this.#private.set(key, isPrivate)
    return isPrivate
  }

  #tellFound(): void {
    if (this.#found.length === 0) return
    this.#foundInAll += this.#found.length
    this.#parts.tell({ kind: 'found', found: this.#found })
    this.#found = []
  }

  #tellBatch(): void {
    const batch = this.#fold.take()
    if (batch) this.#parts.tell({ kind: 'queries', batch })
  }
}
