import { type Transferable, Worker } from 'node:worker_threads'
import type { Log } from './log.ts'

const RESTART_MS = [100, 250, 500, 1000, 2000, 5000, 10_000] as const
/** A worker that lived this long is healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000

export interface KeptWorkerOptions<To, From> {
  readonly file: URL
  readonly name: string
  /** What each worker is started with, made anew for each. */
  readonly data: () => unknown
  /** Of its heap: for what lives for a moment, and for what lives longer. */
  readonly heapMiB: { readonly young: number; readonly old: number }
  /** Asks it to end. */
  readonly closing: To
  readonly log: Log
  readonly monotonicMs: () => number
  readonly onMessage: (message: From) => void
  /** A worker has died without being asked to; another will be started. */
  readonly onDeath: (reason: string) => void
  /** The one that replaces it takes messages. */
  readonly onRestart: () => void
}

/** Keeps a worker running: one that dies is replaced, sooner or later by how often it happens. */
export class KeptWorker<To, From> {
  readonly #options: KeptWorkerOptions<To, From>
  #worker: Worker | undefined
  #isClosing = false
  #deaths = 0
  #startedMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #onExit: (() => void) | undefined

  constructor(options: KeptWorkerOptions<To, From>) {
    this.#options = options
  }

  start(): void {
    const { file, name, data, heapMiB, monotonicMs, onMessage } = this.#options
    this.#startedMs = monotonicMs()
    let reason = ''
    const worker = new Worker(file, {
      name,
      workerData: data(),
      resourceLimits: {
        maxOldGenerationSizeMb: heapMiB.old,
        maxYoungGenerationSizeMb: heapMiB.young,
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
  post(message: To, transfer: readonly Transferable[] = []): boolean {
    this.#worker?.postMessage(message, transfer)
    return this.#worker !== undefined
  }

  /** Ends the worker as a fault would; for tests of what happens then. */
  async kill(): Promise<void> {
    await this.#worker?.terminate()
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
    this.post(this.#options.closing)
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
    const { name, log, monotonicMs, onDeath, onRestart } = this.#options
    if (monotonicMs() - this.#startedMs > HEALTHY_MS) this.#deaths = 0
    const waitMs = RESTART_MS[Math.min(this.#deaths++, RESTART_MS.length - 1)]
    log.error({ reason, waitMs }, `${name} worker died`)
    onDeath(reason)
    this.#timer = setTimeout(() => {
      this.start()
      onRestart()
    }, waitMs)
  }
}
