import { Worker } from 'node:worker_threads'
import type { FromSupply, JobDone, SupplyJob, SupplySettings, ToSupply } from './supply-job.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'

export interface RunnerOptions {
  readonly onDone: (id: string, done: JobDone) => void
  /** A job ended without an answer: the worker died, or took too long. */
  readonly onLost: (id: string, reason: string) => void
}

/** Runs jobs in a worker that is there only while there are any; every job is answered once. */
export class SupplyRunner {
  readonly #options: RunnerOptions
  readonly #jobs = new Map<string, NodeJS.Timeout>()
  #worker: Worker | undefined

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** Starts a job; one a list at a time. */
  run(job: SupplyJob, settings: SupplySettings): void {
    const { id, origin } = job.list
    const servers = origin.kind === 'url' ? origin.urls.length : 0
    // Each address may send a list and a signature.
    const patienceMs = servers * 2 * settings.limits.listDownloadMs + SUPPLY_LIMITS.workMs
    const worker = this.#worker ?? this.#start()
    const late = setTimeout(() => void worker.terminate(), patienceMs)
    this.#jobs.set(id, late.unref())
    post(worker, { kind: 'job', job, settings })
  }

  /** Removes what lists left behind that are configured no more. */
  sweep(stateDir: string, keep: readonly string[]): void {
    const worker = this.#worker ?? this.#start()
    post(worker, { kind: 'sweep', stateDir, keep })
    this.#endIfIdle()
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    for (const late of this.#jobs.values()) clearTimeout(late)
    this.#jobs.clear()
    await worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./supply-worker.ts', import.meta.url), { name: 'supply' })
    let reason = ''
    worker.on('message', ({ list, done }: FromSupply) => {
      clearTimeout(this.#jobs.get(list))
      if (!this.#jobs.delete(list)) return
      this.#options.onDone(list, done)
      this.#endIfIdle()
    })
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : 'unknown'
    })
    worker.on('exit', (code) => this.#ended(worker, reason || `exit code ${code}`))
    this.#worker = worker
    return worker
  }

  #endIfIdle(): void {
    if (this.#jobs.size > 0 || !this.#worker) return
    post(this.#worker, { kind: 'end' })
    // The next job gets a new one, whether or not this one is gone yet.
    this.#worker = undefined
  }

  #ended(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const lost = [...this.#jobs.keys()]
    for (const late of this.#jobs.values()) clearTimeout(late)
    this.#jobs.clear()
    for (const id of lost) this.#options.onLost(id, reason)
  }
}

function post(worker: Worker, message: ToSupply): void {
  worker.postMessage(message)
}
