import {
  type EventBody,
  type EventDraft,
  type EventsRevealed,
  laneOf,
  type StoredEvent,
} from '#domain/event.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { STATUS_BYTES_MAX, type StatusFault, type StatusReport } from '#domain/ingest.ts'
import { KeptWorker } from '#platform/kept-worker.ts'
import { type Log, makeLog } from '#platform/log.ts'
import { newEventId, newRandomId } from '#platform/random.ts'
import { assertCollectorUrl } from './collector-url.ts'
import type { EventCount } from './event-reader.ts'
import { FaultList } from './fault-list.ts'
import { HandOver } from './hand-over.ts'
import { holdDraft } from './held-draft.ts'
import type { OutboxCounters, OutboxOptions } from './outbox-contract.ts'
import { OutboxTally } from './outbox-tally.ts'
import { QuestionList } from './question-list.ts'
import { badQuery } from './reveal-query.ts'
import type { PreviousRun } from './run-record.ts'
import type {
  FromStore,
  RevealQuery,
  StoreAnswer,
  StoreQuestion,
  StoreWorkerData,
  ToStore,
  WindowedKind,
} from './store-messages.ts'

/** Rows and messages live for a moment; more room for them would only make the process larger. */
const YOUNG_GENERATION_MIB = 6

/** One run of the outbox, as the main thread sees it. */
export class OutboxRun {
  previousRun: PreviousRun | undefined
  readonly #options: OutboxOptions
  readonly #log: Log
  readonly #tally: OutboxTally
  readonly #faults: FaultList
  readonly #questions: QuestionList
  readonly #handOver: HandOver
  readonly #worker: KeptWorker<ToStore, FromStore>
  readonly #startedAt: number
  #isClosed = false
  #onSettled: (() => void) | undefined

  constructor(options: OutboxOptions) {
    const { limits, clock, logLevel, stateDir, keyPem, collectorUrl } = options
    if (collectorUrl !== undefined) assertCollectorUrl(collectorUrl)
    this.#options = options
    this.#log = makeLog('outbox', logLevel)
    this.#tally = new OutboxTally(collectorUrl !== undefined)
    this.#faults = new FaultList('outbox', limits.faultsMax)
    this.#questions = new QuestionList(limits.askTimeoutMs)
    this.#startedAt = clock.wallMs()
    this.#handOver = new HandOver({
      limits,
      wallMs: clock.wallMs,
      send: (batch, drafts) => this.#worker.post({ kind: 'commit', batch, drafts }),
      onLost: (lane, count) => this.#tally.noteDropped(lane, count),
    })
    const run = newRandomId()
    this.#worker = new KeptWorker({
      file: new URL('./store-worker.ts', import.meta.url),
      name: 'store',
      data: (): StoreWorkerData => ({ stateDir, run, keyPem, collectorUrl, limits, logLevel }),
      heapMiB: { young: YOUNG_GENERATION_MIB, old: limits.workerHeapMiBMax },
      closing: { kind: 'close' },
      log: this.#log,
      monotonicMs: clock.monotonicMs,
      onMessage: (message) => this.#take(message),
      onDeath: () => this.#storeDied(),
      onRestart: () => this.#handOver.storeRestarted(),
    })
  }

  /** Resolves at the first word from the store, whatever it is, or after `openTimeoutMs`. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.limits.openTimeoutMs)
      this.#onSettled = () => {
        clearTimeout(timer)
        resolve()
      }
      this.#worker.start()
    })
  }

  emit(draft: EventDraft): void {
    const lane = laneOf(draft.body)
    if (this.#isClosed) return this.#tally.noteDropped(lane, 1)
    const held = holdDraft(draft, this.#options.limits.eventBytesMax)
    if (!isFailure(held)) return this.#handOver.add(held)
    this.#log.warn({ failure: held.failure, detail: held.detail }, 'event cannot be kept')
    this.#handOver.lose(lane, this.#options.clock.wallMs())
  }

  tell(body: EventBody, at: number = this.#options.clock.wallMs()): void {
    this.emit({ id: newEventId(), revision: 1, at, body })
  }

  counters(): OutboxCounters {
    return this.#tally.read(this.#handOver.waiting)
  }

  faults(): readonly StatusFault[] {
    return this.#faults.read()
  }

  async openEvents(
    windowMs: number,
    of: WindowedKind = 'lookup-blocked',
  ): Promise<readonly StoredEvent[]> {
    const answer = await this.#ask({ kind: 'open-events', windowMs, of })
    return !isFailure(answer) && answer.kind === 'events' ? answer.events : []
  }

  async counts(): Promise<readonly EventCount[] | Failure<'store-unavailable'>> {
    const answer = await this.#ask({ kind: 'counts' })
    if (isFailure(answer)) return answer
    return answer.kind === 'counts' ? answer.counts : []
  }

  async reveal(
    query: RevealQuery,
  ): Promise<readonly StoredEvent[] | Failure<'store-unavailable' | 'bad-query'>> {
    const problem = badQuery(query, this.#options.limits.revealRowsMax)
    if (problem) return problem
    const answer = await this.#ask({ kind: 'reveal', query })
    if (isFailure(answer)) return answer
    return answer.kind === 'events' ? answer.events : []
  }

  async noteRevealed(body: EventsRevealed): Promise<Failure<'store-unavailable'> | undefined> {
    const answer = await this.#ask({ kind: 'note-revealed', body })
    return isFailure(answer) ? answer : undefined
  }

  postStatus(report: StatusReport): void {
    const text = JSON.stringify(report)
    if (Buffer.byteLength(text) > STATUS_BYTES_MAX)
      return this.#faults.add(this.#options.clock.wallMs(), 'a status report was too large to send')
    this.#worker.post({ kind: 'status', text })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    const { version, limits, clock } = this.#options
    const byMs = clock.monotonicMs() + limits.closeTimeoutMs
    this.tell({ kind: 'agent-stopped', version })
    this.#isClosed = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limits.closeTimeoutMs / 2)
    })
    await Promise.race([this.#handOver.drain(), late])
    clearTimeout(timer)
    this.#handOver.stop()
    await this.#worker.close(Math.max(1, byMs - clock.monotonicMs()))
    this.#questions.close()
  }

  #ask(question: StoreQuestion): Promise<StoreAnswer> {
    if (this.#isClosed) return Promise.resolve(failure('store-unavailable', 'the outbox is closed'))
    return this.#questions.ask((ask) => this.#worker.post({ kind: 'ask', ask, question }))
  }

  #take(message: FromStore): void {
    switch (message.kind) {
      case 'opened':
        return this.#opened(message.previousRun)
      case 'committed':
        return this.#tally.committed(this.#handOver.committed(message.batch), message.commit)
      case 'not-committed':
        this.#tally.storing = { state: 'failing', text: message.text }
        return this.#handOver.refused(message.batch)
      case 'waiting':
        this.#tally.waiting = message.waiting
        return undefined
      case 'shipping':
        return this.#tally.shipped(message.condition, message.ack)
      case 'deleted':
        return this.#tally.noteDeleted(message.lost)
      case 'fault':
        return this.#faults.add(message.at, message.text)
      case 'disk-fault':
        this.#tally.storing = { state: 'failing', text: message.text }
        this.#faults.add(message.at, message.text)
        return this.#onSettled?.()
      case 'answer':
        return this.#questions.answer(message.ask, message.answer)
    }
  }

  #opened(previousRun: PreviousRun): void {
    this.#tally.storing = { state: 'ok', text: 'events are durable' }
    this.#handOver.storeOpened()
    if (!this.previousRun) {
      this.previousRun = previousRun
      const { stop: previousStop, ...alive } = previousRun
      const { version } = this.#options
      this.tell({ kind: 'agent-started', version, previousStop, ...alive }, this.#startedAt)
    }
    this.#onSettled?.()
  }

  #storeDied(): void {
    const text = 'the store thread died and is being started again'
    this.#tally.workerDeaths++
    this.#tally.storing = { state: 'failing', text }
    this.#handOver.storeDied()
    this.#faults.add(this.#options.clock.wallMs(), text)
    this.#onSettled?.()
  }
}
