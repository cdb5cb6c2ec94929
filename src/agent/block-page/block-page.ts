import { Worker } from 'node:worker_threads'
import type { Clock } from '#platform/clock.ts'
import type { ReadyPage } from '../policy/ready-config.ts'
import type { PageDesk } from './page-desk.ts'
import {
  type FromPage,
  noPageCounts,
  PAGE_OUTCOMES,
  type PageOutcome,
  type PagePart,
  type PageQuestion,
  type PageSettings,
  type ToPage,
} from './page-messages.ts'

const RESTART_MS = [500, 1_000, 2_000, 5_000, 15_000, 60_000] as const
/** A worker that lived this long is healthy: the next restart is quick again. */
const HEALTHY_MS = 60_000
const HEAP_MIB_MAX = 64

export interface BlockPageOptions {
  readonly desk: PageDesk
  readonly clock: Clock
  /** Told of each new fault, in words. */
  readonly onFault: (text: string) => void
  readonly onChange: () => void
}

/** How the page is, for the status. */
export interface PageStatus {
  readonly state: 'off' | 'on' | 'faulty'
  readonly parts: readonly PagePart[]
}

/**
 * The block page: a thread of its own that serves it, and the agent's answers to its questions. Whatever happens to the thread, names
 * are answered; one that dies is started again.
 */
export class BlockPage {
  readonly #options: BlockPageOptions
  #settings: PageSettings | undefined
  #key = ''
  #worker: Worker | undefined
  #parts: readonly PagePart[] = []
  #deaths = 0
  #timer: NodeJS.Timeout | undefined
  /** Since the start, by outcome. */
  readonly counts: Record<PageOutcome, number> = noPageCounts()

  constructor(options: BlockPageOptions) {
    this.#options = options
  }

  /** Serves what the configuration says now. Only other endpoints or files need another thread. */
  use(page: ReadyPage | undefined): void {
    const key = JSON.stringify([page?.listen, page?.tls])
    this.#settings = page
    if (key === this.#key) {
      if (page) this.#post({ kind: 'words', ...wordsOf(page) })
      return
    }
    this.#key = key
    const before = this.#worker
    this.#worker = undefined
    this.#parts = []
    clearTimeout(this.#timer)
    this.#replace(before, key).catch(() => undefined)
  }

  status(): PageStatus {
    if (!this.#settings) return { state: 'off', parts: [] }
    const isWell = this.#parts.length > 0 && this.#parts.every((part) => part.isWell)
    return { state: isWell ? 'on' : 'faulty', parts: this.#parts }
  }

  async close(): Promise<void> {
    this.#settings = undefined
    this.#key = ''
    clearTimeout(this.#timer)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  /** The old one must have let go of its ports. */
  async #replace(before: Worker | undefined, key: string): Promise<void> {
    await before?.terminate()
    if (this.#key === key && !this.#worker) this.#start()
  }

  #start(): void {
    if (!this.#settings) return
    const { clock, onFault } = this.#options
    const startedMs = clock.monotonicMs()
    let reason = ''
    const { listen, tls } = this.#settings
    const workerData: PageSettings = { listen, tls, ...wordsOf(this.#settings) }
    const worker = new Worker(new URL('./page-worker.ts', import.meta.url), {
      name: 'block-page',
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    })
    worker.on('message', (message: FromPage) => this.#take(message))
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : 'unknown'
    })
    worker.on('exit', (code) => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#parts = []
      if (clock.monotonicMs() - startedMs > HEALTHY_MS) this.#deaths = 0
      const waitMs = RESTART_MS[Math.min(this.#deaths++, RESTART_MS.length - 1)]
      onFault(`the block page ended and is started again: ${reason || `exit code ${code}`}`)
      this.#timer = setTimeout(() => this.#start(), waitMs)
    })
    this.#worker = worker
  }

  #post(message: ToPage): void {
    this.#worker?.postMessage(message)
  }

  #take(message: FromPage): void {
    switch (message.kind) {
      case 'look':
      case 'ask':
        this.#answer(message).then(
          (answer) => this.#post(answer),
          () => this.#options.onFault('a question of the block page could not be answered'),
        )
        return
      case 'state':
        this.#useState(message.parts)
        return
      case 'counts':
        for (const outcome of PAGE_OUTCOMES) this.counts[outcome] += message.counts[outcome]
        return
      default:
        message satisfies never
    }
  }

  async #answer(question: PageQuestion): Promise<ToPage> {
    const { desk } = this.#options
    const { number, address, host } = question
    if (question.kind === 'look')
      return { kind: 'facts', number, facts: await desk.look({ address, host }) }
    return {
      kind: 'outcome',
      number,
      outcome: await desk.ask({ address, host }, question.form),
    }
  }

  #useState(parts: readonly PagePart[]): void {
    const { onFault, onChange } = this.#options
    for (const { part, isWell, detail } of parts) {
      const before = this.#parts.find((one) => one.part === part)
      if (!isWell && before?.detail !== detail) onFault(`${part}: ${detail}`)
    }
    this.#parts = parts
    onChange()
  }
}

function wordsOf({
  language,
  school,
  contact,
}: PageSettings): Pick<PageSettings, 'language' | 'school' | 'contact'> {
  return { language, school, contact }
}
