import type { Lane } from '#domain/event.ts'
import type { Condition } from './condition.ts'
import type { HeldDraft } from './held-draft.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { OutboxCounters } from './outbox-contract.ts'
import type { Acknowledged, Committed } from './store-messages.ts'

/** Counts what the outbox does, for metrics and status. */
export class OutboxTally {
  waiting: Readonly<Record<Lane, number>> = { safeguarding: 0, operations: 0 }
  storing: Condition = { state: 'failing', text: 'the outbox is being opened' }
  workerDeaths = 0
  readonly #dropped: Record<Lane, number> = { safeguarding: 0, operations: 0 }
  readonly #latency: LatencyHistogram = new LatencyHistogram()
  #shipping: Condition
  #stored = 0
  #duplicates = 0
  #shipped = 0
  #lastAckAt: number | undefined

  constructor(hasCollector: boolean) {
    this.#shipping = hasCollector
      ? { state: 'ok', text: 'nothing has been sent yet' }
      : { state: 'off', text: 'no collector is configured' }
  }

  noteDropped(lane: Lane, count: number): void {
    this.#dropped[lane] += count
  }

  noteDeleted(lost: Readonly<Record<Lane, number>>): void {
    this.noteDropped('safeguarding', lost.safeguarding)
    this.noteDropped('operations', lost.operations)
  }

  committed(drafts: readonly HeldDraft[], { stored, duplicates, atMs, waiting }: Committed): void {
    this.waiting = waiting
    this.storing = { state: 'ok', text: 'events are durable' }
    this.#stored += stored
    this.#duplicates += duplicates
    for (const { handedMs } of drafts) this.#latency.observe(atMs - handedMs)
  }

  shipped(condition: Condition, ack: Acknowledged | undefined): void {
    this.#shipping = condition
    if (!ack) return
    this.#shipped += ack.events
    this.#lastAckAt = ack.at
  }

  read(notDurable: number): OutboxCounters {
    const { safeguarding, operations } = this.waiting
    return {
      waiting: safeguarding + operations + notDurable,
      waitingByLane: this.waiting,
      notDurable,
      stored: this.#stored,
      shipped: this.#shipped,
      dropped: this.#dropped.safeguarding + this.#dropped.operations,
      droppedByLane: { ...this.#dropped },
      duplicates: this.#duplicates,
      workerDeaths: this.workerDeaths,
      lastAckAt: this.#lastAckAt,
      storing: this.storing,
      shipping: this.#shipping,
      durableAfter: this.#latency.read(),
    }
  }
}
