import type { Lane } from '#domain/event.ts'
import { randomFraction } from '#platform/random.ts'
import { retryDelay } from './retry-delay.ts'

interface Hold {
  refusals: number
  untilMs: number
}

/** Which lanes wait because the collector refused what they hold, and until when (monotonic). */
export class LaneHold {
  readonly #holds: Record<Lane, Hold> = {
    safeguarding: { refusals: 0, untilMs: 0 },
    operations: { refusals: 0, untilMs: 0 },
  }

  isOpen(lane: Lane, nowMs: number): boolean {
    return this.#holds[lane].untilMs <= nowMs
  }

  /** The collector took something of the lane. */
  open(lane: Lane): void {
    this.#holds[lane] = { refusals: 0, untilMs: 0 }
  }

  /** The collector refused the lane's next rows: try again after a growing wait. */
  wait(lane: Lane, nowMs: number, waitMsMax: number): void {
    const refusals = this.#holds[lane].refusals + 1
    this.#holds[lane] = {
      refusals,
      untilMs: nowMs + retryDelay(refusals, waitMsMax, randomFraction()),
    }
  }

  /** Sending the same again can only fail again: nothing more of this lane until the agent starts anew. */
  stop(lane: Lane): void {
    this.#holds[lane] = { refusals: 0, untilMs: Infinity }
  }

  isStopped(lane: Lane): boolean {
    return this.#holds[lane].untilMs === Infinity
  }

  /** When the next waiting lane opens, or infinity. */
  nextOpeningMs(nowMs: number): number {
    const waits = Object.values(this.#holds).map(({ untilMs }) => untilMs)
    return Math.min(Infinity, ...waits.filter((untilMs) => untilMs > nowMs))
  }
}
