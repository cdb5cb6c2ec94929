import type { Clock } from '#platform/clock.ts'
import { KeptWorker } from '#platform/kept-worker.ts'
import { makeLog } from '#platform/log.ts'
import { isTrial } from '#rules/sets/canaries.ts'
import type { Reading } from '../metrics/agent-metrics.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import { hasLessons } from '../policy/ready-timetable.ts'
import { QueryLog } from '../queries/query-log.ts'
import type { QuerySettings } from '../queries/query-messages.ts'
import type { CountQuery } from '../stages/observe.ts'
import type { BlockedLookup } from './blocked-lookup.ts'
import { EventBook } from './event-book.ts'
import { COUNT, HEAD, OBSERVED_BYTES, observedMemory } from './observed-layout.ts'
import { type HashName, ObservedWriter } from './observed-writer.ts'
import type { SignalFound } from './signal-desk.ts'
import type {
  FromSignals,
  SignalReadings,
  SignalSettings,
  SignalWorkerData,
  ToSignals,
} from './signal-messages.ts'

const CLOSE_TIMEOUT_MS = 2_000
/** The windows of 10,000 clients take 32 MiB. */
const HEAP_MIB = { young: 4, old: 96 } as const
const DAY_MS = 86_400_000

export interface AgentSignalsOptions {
  readonly stateDir: string
  readonly config: ReadyConfig
  readonly clock: Clock
  readonly logLevel: string
  readonly hashName: HashName
  readonly onFault: (text: string) => void
}

/** How the looking at lookups is. */
export interface SignalStatus {
  readonly enabled: boolean
  readonly clients: number
  /** Lookups that were left out: because there were too many, and those of alerting categories among them. */
  readonly dropped: number
  readonly droppedAlerts: number
  readonly workerDeaths: number
}

const NOTHING: SignalReadings = { lookups: 0, clients: 0, found: 0, unmatched: 0, unlogged: 0 }

/** The signal worker and the query log, as the main thread sees them. */
export class AgentSignals {
  readonly queries: QueryLog
  readonly #own = new SharedArrayBuffer(OBSERVED_BYTES)
  readonly #writer: ObservedWriter
  readonly #events = new EventBook()
  readonly #worker: KeptWorker<ToSignals, FromSignals>
  #rings: readonly SharedArrayBuffer[] = [this.#own]
  #config: ReadyConfig
  #readings = NOTHING
  #before = NOTHING
  #deaths = 0
  #isStarted = false
  #onFound: (found: SignalFound) => void = () => undefined

  constructor(options: AgentSignalsOptions) {
    const { config, clock, logLevel, hashName, onFault } = options
    this.#config = config
    this.#writer = new ObservedWriter(this.#own, hashName)
    this.queries = new QueryLog({ ...options, settings: querySettings(config) })
    this.#worker = new KeptWorker({
      file: new URL('./signal-worker.ts', import.meta.url),
      name: 'signals',
      data: (): SignalWorkerData => ({
        rings: this.#rings,
        settings: signalSettings(this.#config),
        events: this.#events.all(),
      }),
      heapMiB: HEAP_MIB,
      closing: { kind: 'close' },
      log: makeLog('signals', logLevel),
      monotonicMs: clock.monotonicMs,
      onMessage: (message) => this.#take(message),
      onDeath: () => {
        this.#deaths += 1
        this.#before = sumOf(this.#before, this.#readings)
        this.#readings = NOTHING
        onFault('the signal thread died and is being started again')
      },
      onRestart: () => undefined,
    })
  }

  /** Starts the threads; `rings` are those of the workers that answer. */
  start(rings: readonly SharedArrayBuffer[]): void {
    this.#rings = [this.#own, ...rings]
    this.#isStarted = true
    this.#setRings()
    this.#worker.start()
    this.queries.start()
  }

  use(config: ReadyConfig): void {
    this.#config = config
    this.#setRings()
    this.#worker.post({ kind: 'use', settings: signalSettings(config) })
    this.queries.use(querySettings(config))
  }

  /** Counts what the main thread has answered as well. */
  alsoCounting(count: CountQuery): CountQuery {
    return (query, seconds) => {
      count(query, seconds)
      this.#writer.note(query)
    }
  }

  /** A lookup has become part of an event. */
  follow({ client, category, isMonitored = false, list }: BlockedLookup, event: string): void {
    const followed = { client, category, isMonitored, isTrial: isTrial(list), event }
    if (this.#events.follow(followed)) this.#worker.post({ kind: 'event', event: followed })
  }

  /** Hears each signal from now on. */
  onFound(listener: (found: SignalFound) => void): void {
    this.#onFound = listener
  }

  status(): SignalStatus {
    return {
      enabled: this.#config.signals.enabled,
      clients: this.#readings.clients,
      dropped: this.#count(COUNT.overRate) + this.#count(COUNT.noRoom),
      droppedAlerts: this.#count(COUNT.watchedLost),
      workerDeaths: this.#deaths,
    }
  }

  readonly readings = (): readonly Reading[] => {
    const all = (): SignalReadings => sumOf(this.#before, this.#readings)
    const log = (): ReturnType<QueryLog['status']> => this.queries.status()
    return [
      counter('edge_signal_lookups_total', 'Lookups looked at together', () => all().lookups),
      {
        ...counter('edge_signal_lookups_dropped_total', 'Lookups not looked at, by why', () => [
          ['rate', this.#count(COUNT.overRate)],
          ['room', this.#count(COUNT.noRoom)],
          ['alerting', this.#count(COUNT.watchedLost)],
          ['no-event', all().unmatched],
        ]),
        label: 'why',
      },
      counter('edge_signals_total', 'Signals that were added to events', () => all().found),
      gauge('edge_signal_clients', 'Clients whose last ten minutes are known', () => {
        return this.#readings.clients
      }),
      counter('edge_signal_worker_deaths_total', 'Ends of the signal thread', () => this.#deaths),
      gauge('edge_query_log_bytes', 'Size of the query log', () => log().bytes),
      counter('edge_query_log_batches_total', 'Batches written', () => log().batches),
      counter('edge_query_log_lost_batches_total', 'Batches not written', () => log().lost),
      counter('edge_query_log_left_out_total', 'Lookups a batch had no room for', () => {
        return all().unlogged
      }),
    ]
  }

  /** Ends the signal worker as a fault would; for tests of what happens then. */
  kill(): Promise<void> {
    return this.#worker.kill()
  }

  async close(): Promise<void> {
    this.#isStarted = false
    this.#setRings()
    await this.#worker.close(CLOSE_TIMEOUT_MS)
    await this.queries.close()
  }

  #take(message: FromSignals): void {
    switch (message.kind) {
      case 'found':
        for (const one of message.found) this.#onFound(one)
        return undefined
      case 'queries':
        return this.queries.keep(message.batch)
      case 'state':
        this.#readings = message.readings
        return undefined
      default:
        return message satisfies never
    }
  }

  /** What the threads that answer tell: nothing where nobody listens. */
  #setRings(): void {
    const { signals, queries, limits } = this.#config
    const isOn = this.#isStarted && (signals.enabled || queries.enabled)
    for (const ring of this.#rings) {
      const { head } = observedMemory(ring)
      head[HEAD.othersPerSecond] = limits.signalNamesPerSecond
      head[HEAD.watchedPerSecond] = limits.signalAlertsPerSecond
      head[HEAD.perClient] = limits.signalNamesPerClient
      Atomics.store(head, HEAD.isOn, isOn ? 1 : 0)
    }
  }

  #count(place: number): number {
    return this.#rings.reduce((sum, ring) => sum + (observedMemory(ring).counts[place] ?? 0), 0)
  }
}

function signalSettings({ signals, queries, timetable }: ReadyConfig): SignalSettings {
  return {
    scores: signals.enabled,
    logs: queries.enabled,
    timetable: hasLessons(timetable) ? timetable : undefined,
  }
}

function querySettings({ queries, limits }: ReadyConfig): QuerySettings {
  const { enabled, keepDays } = queries
  return { enabled, keepMs: keepDays * DAY_MS, bytesMax: limits.queryLogBytes }
}

/** Of all workers so far; clients are those of now. */
function sumOf(before: SignalReadings, now: SignalReadings): SignalReadings {
  return {
    lookups: before.lookups + now.lookups,
    clients: now.clients,
    found: before.found + now.found,
    unmatched: before.unmatched + now.unmatched,
    unlogged: before.unlogged + now.unlogged,
  }
}

function gauge(name: string, help: string, read: Reading['read']): Reading {
  return { name, help, kind: 'gauge', read }
}

function counter(name: string, help: string, read: Reading['read']): Reading {
  return { name, help, kind: 'counter', read }
}
