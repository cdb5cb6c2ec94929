import { LANES, type Lane } from '#domain/event.ts'
import { newEventId } from '#platform/random.ts'
import { droppedDraft } from './dropped-draft.ts'
import type { HeldDraft } from './held-draft.ts'
import type { OutboxLimits } from './outbox-limits.ts'
import { PendingDrafts } from './pending-drafts.ts'

/** Waits between tries while the store cannot write; short at the end, because space may come back at any time. */
const RETRY_MS = [100, 250, 500, 1000, 2000, 3000] as const
/** A batch that an open store died of this many times is given up: it may be what kills it. */
const DEATHS_MAX = 5

export interface HandOverOptions {
  readonly limits: OutboxLimits
  readonly wallMs: () => number
  /** Gives a batch to the store; false when there is none at the moment. */
  readonly send: (batch: number, drafts: readonly HeldDraft[]) => boolean
  readonly onLost: (lane: Lane, count: number) => void
}

interface Batch {
  readonly number: number
  readonly drafts: readonly HeldDraft[]
  deaths: number
}

/**
 * The main thread's side of the store: drafts wait here until they are durable. One batch is with the store at a time, and it is
 * kept until the store says that it is committed; so a store that fails, or dies, loses nothing. While a commit is under way
 * the next batch gathers: many events, one transaction.
 */
export class HandOver {
  readonly #options: HandOverOptions
  readonly #pending: PendingDrafts
  #batch: Batch | undefined
  #batches = 0
  #refusals = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isStoreOpen = false
  #isDraining = false
  #onDrained: (() => void) | undefined

  constructor(options: HandOverOptions) {
    this.#options = options
    this.#pending = new PendingDrafts(options.limits.memoryEventsMax)
  }

  /** Drafts that are not durable yet. */
  get waiting(): number {
    return this.#pending.size + (this.#batch?.drafts.length ?? 0)
  }

  add(draft: HeldDraft): void {
    const lost = this.#pending.add(draft)
    if (lost) this.#options.onLost(lost, 1)
    this.#sendNext()
  }

  /** An event was lost before it became a draft; it is told as part of a gap. */
  lose(lane: Lane, at: number): void {
    this.#pending.noteLost(lane, at)
    this.#options.onLost(lane, 1)
    this.#sendNext()
  }

  /** The store has made a batch durable: answers its drafts. */
  committed(number: number): readonly HeldDraft[] {
    if (this.#batch?.number !== number) return []
    const { drafts } = this.#batch
    this.#batch = undefined
    this.#refusals = 0
    this.#sendNext()
    if (!this.#batch) this.#onDrained?.()
    return drafts
  }

  /** The store could not write: the same batch again, after a wait. */
  refused(number: number): void {
    if (this.#batch?.number !== number) return
    if (this.#isDraining) this.#onDrained?.()
    const waitMs = RETRY_MS[Math.min(this.#refusals++, RETRY_MS.length - 1)]
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#sendBatch(), waitMs)
  }

  /** The store has its file open: from now on, what it dies of may be the batch. */
  storeOpened(): void {
    this.#isStoreOpen = true
  }

  /** The store died; whether the batch was committed is not known. */
  storeDied(): void {
    clearTimeout(this.#timer)
    const isSuspect = this.#isStoreOpen
    this.#isStoreOpen = false
    if (!this.#batch || !isSuspect || ++this.#batch.deaths < DEATHS_MAX) return
    const { drafts } = this.#batch
    this.#batch = undefined
    for (const lane of LANES) this.#giveUp(lane, drafts)
  }

  /** A new store takes messages: the batch goes again. The store knows what it has by id and revision. */
  storeRestarted(): void {
    if (this.#batch) this.#sendBatch()
    else this.#sendNext()
  }

  /** Resolves when everything is durable, or when the store says that it cannot be. */
  drain(): Promise<void> {
    this.#isDraining = true
    if (!this.#batch || this.#refusals > 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onDrained = resolve
    })
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #sendNext(): void {
    if (this.#batch || (this.#pending.size === 0 && !this.#pending.hasGaps)) return
    const { limits, wallMs } = this.#options
    const told = this.#pending.takeGaps().map((gap) => droppedDraft(gap, newEventId(), wallMs()))
    const drafts = [...told, ...this.#pending.take(limits.commitEventsMax)]
    this.#batch = { number: ++this.#batches, drafts, deaths: 0 }
    this.#sendBatch()
  }

  #sendBatch(): void {
    if (this.#batch) this.#options.send(this.#batch.number, this.#batch.drafts)
  }

  #giveUp(lane: Lane, drafts: readonly HeldDraft[]): void {
    const lost = drafts.filter((draft) => draft.lane === lane)
    for (const { at } of lost) this.#pending.noteLost(lane, at)
    if (lost.length > 0) this.#options.onLost(lane, lost.length)
  }
}
