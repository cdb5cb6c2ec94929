import type { Lane } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { randomFraction } from '#platform/random.ts'
import type { Condition } from './condition.ts'
import { type Judgement, judgeAnswer } from './judge-answer.ts'
import { LaneHold } from './lane-hold.ts'
import type { OutboxLimits } from './outbox-limits.ts'
import { nextParcel, type Parcel } from './parcel.ts'
import type { Poster } from './post-signed.ts'
import { readReceipt } from './read-receipt.ts'
import { retryDelay } from './retry-delay.ts'
import type { OpenedOutbox } from './store-keeper.ts'

type BatchParcel = Parcel & { readonly kind: 'batch' }

/** The collector is asked at most this often while it does not take what it is sent. */
const TRY_GAP_MS = 1000

export interface ShipperOptions {
  readonly appliance: string
  readonly poster: Poster
  readonly limits: OutboxLimits
  readonly monotonicMs: () => number
  /** The open store, or undefined while there is none. */
  readonly outbox: () => OpenedOutbox | undefined
  /** Told after every change worth showing. */
  readonly onChange: (condition: Condition, acked: number) => void
  readonly onFault: (text: string) => void
  /** Told what a call of the store threw. */
  readonly onStoreError: (error: unknown) => void
}

/** Sends what the store holds, one request at a time, for ever. */
export class Shipper {
  readonly #options: ShipperOptions
  readonly #hold: LaneHold = new LaneHold()
  #status: string | undefined
  #isBusy = false
  #isClosed = false
  /** Lanes whose conflict has led to a new epoch, until the collector takes something of theirs. */
  readonly #startedOver: Set<Lane> = new Set()
  #failures = 0
  #lastTryMs = -Infinity
  #notBeforeMs = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ShipperOptions) {
    this.#options = options
  }

  /** Something was stored. New safeguarding events are worth a try before the wait is over, once a second at most. */
  wake(hasSafeguarding: boolean): void {
    if (hasSafeguarding)
      this.#notBeforeMs = Math.min(this.#notBeforeMs, this.#lastTryMs + TRY_GAP_MS)
    this.#pump()
  }

  /** The newest report replaces one that was not sent. */
  postStatus(text: string): void {
    this.#status = text
    this.#pump()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#options.poster.close()
  }

  #pump(): void {
    if (this.#isBusy || this.#isClosed) return
    clearTimeout(this.#timer)
    const nowMs = this.#options.monotonicMs()
    if (nowMs < this.#notBeforeMs) return this.#pumpAt(this.#notBeforeMs, nowMs)
    const parcel = this.#next(nowMs)
    if (!parcel)
      return this.#pumpAt(Math.max(this.#hold.nextOpeningMs(nowMs), this.#notBeforeMs), nowMs)
    this.#isBusy = true
    this.#lastTryMs = nowMs
    this.#send(parcel).catch((error) => this.#storeFailed(error))
  }

  #pumpAt(atMs: number, nowMs: number): void {
    if (atMs === Infinity) return
    this.#timer = setTimeout(() => this.#pump(), Math.max(1, atMs - nowMs))
  }

  #next(nowMs: number): Parcel | undefined {
    try {
      return nextParcel({
        appliance: this.#options.appliance,
        store: this.#options.outbox()?.store,
        status: this.#status,
        isOpen: (lane) => this.#hold.isOpen(lane, nowMs),
      })
    } catch (error) {
      this.#storeFailed(error)
      return undefined
    }
  }

  async #send(parcel: Parcel): Promise<void> {
    try {
      const judgement = judgeAnswer(await this.#options.poster.post(parcel.path, parcel.text))
      if (parcel.kind === 'status') this.#settleStatus(parcel.text, judgement)
      else this.#settleBatch(parcel, judgement)
    } finally {
      this.#isBusy = false
    }
    this.#pump()
  }

  #settleStatus(text: string, judgement: Judgement): void {
    if (judgement.kind === 'closed') return
    if (judgement.kind === 'away') return this.#away(judgement.text)
    if (this.#status === text) this.#status = undefined
    if (judgement.kind === 'taken') return this.#fine(0)
    this.#options.onFault(`status report: ${judgement.text}`)
  }

  #settleBatch({ lane, lastSequence }: BatchParcel, judgement: Judgement): void {
    switch (judgement.kind) {
      case 'taken':
        return this.#receive(lane, lastSequence, judgement.body)
      case 'away':
        return this.#away(judgement.text)
      case 'refused':
        return this.#refused(lane, `${lane} events: ${judgement.text}`)
      case 'conflict':
        return this.#conflict(lane, judgement.text)
      case 'closed':
        return undefined
    }
  }

  #receive(lane: Lane, lastSequence: number, body: string): void {
    const opened = this.#options.outbox()
    if (!opened) return
    const receipt = readReceipt(body)
    if (isFailure(receipt)) return this.#away(receipt.detail)
    if (receipt.epoch !== opened.store.epoch.id)
      return this.#away('the collector acknowledged another epoch than it was sent')
    const effect = opened.receipts.apply(receipt, { [lane]: lastSequence }, opened.time())
    if (effect.hasNewEpoch)
      this.#options.onFault('events are missing at the collector and here; a new epoch was begun')
    if (effect.takenBack > 0)
      return this.#away(`the collector lost ${effect.takenBack} rows it had; they are sent again`)
    if (effect.acked === 0 && !effect.hasNewEpoch)
      return this.#away('the collector took a batch but acknowledges nothing new')
    this.#hold.open(lane)
    this.#startedOver.delete(lane)
    this.#fine(effect.acked)
  }

  #fine(acked: number): void {
    this.#failures = 0
    this.#notBeforeMs = -Infinity
    const { reason } = this.#hold
    const condition: Condition = reason
      ? { state: 'failing', text: reason }
      : { state: 'ok', text: 'the collector takes events' }
    this.#options.onChange(condition, acked)
  }

  /** Once, the outbox begins anew under fresh keys; a second conflict before the lane went on is beyond it. */
  #conflict(lane: Lane, text: string): void {
    const opened = this.#options.outbox()
    if (opened && !this.#startedOver.has(lane)) {
      this.#startedOver.add(lane)
      opened.receipts.startOver(opened.time())
      this.#options.onFault(`${text}: was this box restored from a backup? A new epoch was begun`)
      return
    }
    this.#hold.stop(lane, `${lane} events are no longer sent: ${text}`)
    this.#trouble(this.#hold.reason ?? text)
  }

  #refused(lane: Lane, text: string): void {
    const { monotonicMs, limits } = this.#options
    this.#hold.wait(lane, text, monotonicMs(), limits.retryMsMax)
    this.#trouble(text)
  }

  /** What was sent may have been taken, but that could not be written down: it goes again, later. */
  #storeFailed(error: unknown): void {
    this.#options.onStoreError(error)
    this.#notBeforeMs = this.#options.monotonicMs() + TRY_GAP_MS
    this.#pumpAt(this.#notBeforeMs, this.#options.monotonicMs())
  }

  /** Nothing can be sent now: wait, longer every time. */
  #away(text: string): void {
    this.#failures++
    const waitMs = retryDelay(this.#failures, this.#options.limits.retryMsMax, randomFraction())
    this.#notBeforeMs = this.#options.monotonicMs() + waitMs
    this.#trouble(text)
  }

  #trouble(text: string): void {
    this.#options.onFault(text)
    this.#options.onChange({ state: 'failing', text }, 0)
  }
}
