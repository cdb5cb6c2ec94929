import { Worker } from 'node:worker_threads'
import type { Log } from '#platform/log.ts'
import type { FromStore, StoreWorkerData, ToStore } from './store-messages.ts'

const RESTART_MS = [100, 250, 500, 1000, 2000, 5000, 10_000] as const
/** A worker that lived this long is healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000

/** Rows and messages live for a moment; more room for them would only make the process larger. */
const YOUNG_GENERATION_MIB = 6

export interface WorkerHandleOptions {
  readonly data: StoreWorkerData
  readonly log: Log
  readonly monotonicMs: () => number
  readonly onMessage: (message: FromStore) => void
  /** A worker has died without being asked to; another will be started. */
  readonly onDeath: (reason: string) => void
  /** The one that replaces it takes messages. */
  readonly onRestart: () => void
}

/** Keeps a store worker running: one that dies is replaced, sooner or later by how often it happens. */
export class WorkerHandle {
  readonly #options: WorkerHandleOptions
  #worker: Worker | undefined
  #isClosing = false
  #deaths = 0
  #startedMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #onExit: (() => void) | undefined

  constructor(options: WorkerHandleOptions) {
    this.#options = options
  }

  start(): void {
    const { data, monotonicMs, onMessage } = this.#options
    this.#startedMs = monotonicMs()
    let reason = ''
    const worker = new Worker(new URL('./store-worker.ts', import.meta.url), {
      name: 'store',
      workerData: data,
      resourceLimits: {
        maxOldGenerationSizeMb: data.limits.workerHeapMiBMax,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB,
      },
    })
    worker.on('message', onMessage)
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : 'unknown'
    })
    worker.on('exit', (code) => this.#ended(reason || `exit code ${code}`))
    this.#worker = worker
  }

  /** Answers false while no worker runs; the message is not kept. */
  post(message: ToStore): boolean {
    this.#worker?.postMessage(message)
    return this.#worker !== undefined
  }

  /** Asks the worker to end, and ends it when it does not in time. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (!worker) return
    const exited = new Promise<void>((resolve) => {
      this.#onExit = resolve
    })
    this.post({ kind: 'close' })
    const timer = setTimeout(() => {
      worker.terminate().catch(() => undefined)
    }, timeoutMs)
    await exited
    clearTimeout(timer)
  }

  #ended(reason: string): void {
    this.#worker = undefined
    this.#onExit?.()
    if (this.#isClosing) return
    const { log, monotonicMs, onDeath, onRestart } = this.#options
    if (monotonicMs() - this.#startedMs > HEALTHY_MS) this.#deaths = 0
    const waitMs = RESTART_MS[Math.min(this.#deaths++, RESTART_MS.length - 1)]
    log.error({ reason, waitMs }, 'store worker died')
    onDeath(reason)
    this.#timer = setTimeout(() => {
      this.start()
      onRestart()
    }, waitMs)
  }
}
