/** Makes documents, one after the other, in a thread that begins with the first and ends when it has nothing to do. */
import { Worker } from 'node:worker_threads'
import type { DocumentPlan } from '#console/document-plan.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Log } from '#platform/log.ts'
import type { EvidenceLimits } from '../config/evidence-limits.ts'
import type { FromPdf, ToPdf } from './pdf-messages.ts'

export type PressFailure = Failure<'busy' | 'not-made'>

type Limits = Pick<EvidenceLimits, 'documentsWaitingMax' | 'documentMs' | 'documentThreadIdleMs'>

interface Job {
  readonly message: ToPdf
  readonly done: (made: Uint8Array | PressFailure) => void
}

const HEAP_MIB_MAX = 256
const NOT_MADE: PressFailure = failure('not-made', 'the document could not be made')

export class DocumentPress {
  readonly #limits: Limits
  readonly #log: Log
  readonly #jobs: Job[] = []
  #worker: Worker | undefined
  #timer: NodeJS.Timeout | undefined
  #made = 0
  #isClosed = false

  constructor(limits: Limits, log: Log) {
    this.#limits = limits
    this.#log = log
  }

  /** The bytes of a PDF; a failure where too many wait, or where it takes too long. */
  make(plan: DocumentPlan): Promise<Uint8Array | PressFailure> {
    if (this.#isClosed || this.#jobs.length >= this.#limits.documentsWaitingMax)
      return Promise.resolve(failure('busy', 'too many documents are being made'))
    return new Promise((done) => {
      this.#made += 1
      this.#jobs.push({ message: { id: this.#made, plan }, done })
      if (this.#jobs.length === 1) this.#next()
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const { done } of this.#jobs.splice(0)) done(NOT_MADE)
    await this.#stop()
  }

  /** Sets the oldest that waits; with none, the thread rests and then ends. */
  #next(): void {
    clearTimeout(this.#timer)
    const [job] = this.#jobs
    const { documentMs, documentThreadIdleMs } = this.#limits
    if (job === undefined) {
      this.#timer = setTimeout(() => this.#discard(), documentThreadIdleMs)
      this.#timer.unref()
      return
    }
    this.#worker ??= this.#start()
    this.#worker.postMessage(job.message)
    this.#timer = setTimeout(() => this.#fail('it took too long'), documentMs)
  }

  #start(): Worker {
    const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
      name: 'documents',
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    })
    worker.on('message', ({ id, bytes }: FromPdf) => {
      if (this.#jobs[0]?.message.id === id) this.#finish(bytes)
    })
    worker.on('error', (error: Error) => {
      if (this.#worker === worker) this.#fail(error.message)
    })
    // It alone must not keep the process.
    worker.unref()
    return worker
  }

  #fail(reason: string): void {
    this.#log.error({ reason }, 'a document was not made')
    this.#discard()
    this.#finish(NOT_MADE)
  }

  #finish(made: Uint8Array | PressFailure): void {
    this.#jobs.shift()?.done(made)
    this.#next()
  }

  #discard(): void {
    this.#stop().catch(() => undefined)
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }
}
