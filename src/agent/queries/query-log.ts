import { failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { KeptWorker } from '#platform/kept-worker.ts'
import { makeLog } from '#platform/log.ts'
import type {
  FromQueries,
  QueryAnswer,
  QueryReadings,
  QuerySettings,
  QueryWorkerData,
  ToQueries,
} from './query-messages.ts'
import type { QueryBatch } from './query-row.ts'
import type { QueryFilter } from './query-store.ts'

/** A minute of batches that the worker has not written yet; more are dropped: the disk is too slow. */
const WAITING_MAX = 12
/** Seven days are looked through in seconds. */
const ASK_TIMEOUT_MS = 30_000
const ASKED_MAX = 4
const CLOSE_TIMEOUT_MS = 3_000
const HEAP_MIB = { young: 4, old: 64 } as const

export interface QueryLogOptions {
  readonly stateDir: string
  readonly settings: QuerySettings
  readonly clock: Clock
  readonly logLevel: string
  readonly onFault: (text: string) => void
}

export interface QueryLogStatus extends QueryReadings {
  readonly enabled: boolean
  readonly workerDeaths: number
}

/** The query log as the main thread sees it: batches go in, and nothing of it ever waits for the disk. */
export class QueryLog {
  readonly #options: QueryLogOptions
  readonly #worker: KeptWorker<ToQueries, FromQueries>
  readonly #asked = new Map<number, (answer: QueryAnswer) => void>()
  #settings: QuerySettings
  #readings: QueryReadings = { batches: 0, bytes: 0, lost: 0, fault: '' }
  #waiting = 0
  #lost = 0
  #questions = 0
  #deaths = 0

  constructor(options: QueryLogOptions) {
    const { stateDir, settings, logLevel, clock, onFault } = options
    this.#options = options
    this.#settings = settings
    this.#worker = new KeptWorker({
      file: new URL('./query-worker.ts', import.meta.url),
      name: 'queries',
      data: (): QueryWorkerData => ({ stateDir, settings: this.#settings, logLevel }),
      heapMiB: HEAP_MIB,
      closing: { kind: 'close' },
      log: makeLog('queries', logLevel),
      monotonicMs: clock.monotonicMs,
      onMessage: (message) => this.#take(message),
      onDeath: () => {
        this.#deaths += 1
        this.#lost += this.#waiting + this.#readings.lost
        this.#waiting = 0
        this.#readings = { ...this.#readings, lost: 0 }
        for (const ask of this.#asked.keys()) this.#answer(ask, gone())
        onFault('the thread of the query log died and is being started again')
      },
      onRestart: () => undefined,
    })
  }

  start(): void {
    this.#worker.start()
  }

  use(settings: QuerySettings): void {
    this.#settings = settings
    this.#worker.post({ kind: 'use', settings })
  }

  /** Takes the batch's memory. Never waits. */
  keep(batch: QueryBatch): void {
    const { buffer } = batch.rows
    const transfer = buffer instanceof ArrayBuffer ? [buffer] : []
    if (this.#waiting < WAITING_MAX && this.#worker.post({ kind: 'keep', batch }, transfer))
      this.#waiting += 1
    else this.#lost += 1
  }

  /** Never rejects. */
  find(filter: QueryFilter): Promise<QueryAnswer> {
    if (this.#asked.size >= ASKED_MAX)
      return Promise.resolve(failure('store-unavailable', 'the query log is being asked already'))
    const ask = ++this.#questions
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#answer(ask, gone()), ASK_TIMEOUT_MS)
      this.#asked.set(ask, (answer) => {
        clearTimeout(timer)
        resolve(answer)
      })
      if (!this.#worker.post({ kind: 'ask', ask, filter })) this.#answer(ask, gone())
    })
  }

  status(): QueryLogStatus {
    return {
      ...this.#readings,
      lost: this.#readings.lost + this.#lost,
      enabled: this.#settings.enabled,
      workerDeaths: this.#deaths,
    }
  }

  /** Ends the worker as a fault would; for tests of what happens then. */
  kill(): Promise<void> {
    return this.#worker.kill()
  }

  async close(): Promise<void> {
    await this.#worker.close(CLOSE_TIMEOUT_MS)
    for (const ask of this.#asked.keys()) this.#answer(ask, gone())
  }

  #take(message: FromQueries): void {
    if (message.kind === 'answer') return this.#answer(message.ask, message.answer)
    if (message.kind === 'kept') this.#waiting = Math.max(0, this.#waiting - 1)
    const { fault } = message.readings
    if (fault !== '' && fault !== this.#readings.fault) this.#options.onFault(fault)
    this.#readings = message.readings
    return undefined
  }

  #answer(ask: number, answer: QueryAnswer): void {
    const resolve = this.#asked.get(ask)
    this.#asked.delete(ask)
    resolve?.(answer)
  }
}

function gone(): QueryAnswer {
  return failure('store-unavailable', 'the query log does not answer')
}
