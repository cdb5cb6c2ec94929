import type { Lane } from '#domain/event.ts'
import { randomFraction } from '#platform/random.ts'
import { retryDelay } from './retry-delay.ts'

interface Hold {
  readonly refusals: number
  readonly untilMs: number
  readonly reason?: string
}

const OPEN: Hold = { refusals: 0, untilMs: 0 }

/** Which lanes wait because the collector refused what they hold, until when (monotonic) and why. */
export class LaneHold {
  readonly #holds: Record<Lane, Hold> = { safeguarding: OPEN, operations: OPEN }

  /** Why a lane is held, safeguarding's reason first; undefined while none is. */
  get reason(): string | undefined {
    return this.#holds.safeguarding.reason ?? this.#holds.operations.reason
  }

  isOpen(lane: Lane, nowMs: number): boolean {
    return this.#holds[lane].untilMs <= nowMs
  }

  /** The collector took something of the lane. */
  open(lane: Lane): void {
    this.#holds[lane] = OPEN
  }

  /** The collector refused the lane's next rows: try again after a growing wait. */
  wait(lane: Lane, reason: string, nowMs: number, waitMsMax: number): void {
    const refusals = this.#holds[lane].refusals + 1
    const untilMs = nowMs + retryDelay(refusals, waitMsMax, randomFraction())
    this.#holds[lane] = { refusals, untilMs, reason }
  }

  /** Sending the same again can only fail again: nothing more of this lane until the agent starts anew. */
  stop(lane: Lane, reason: string): void {
    this.#holds[lane] = { refusals: 0, untilMs: Infinity, reason }
  }

  /** When the next waiting lane opens, or infinity. */
  nextOpeningMs(nowMs: number): number {
    const waits = Object.values(this.#holds).map(({ untilMs }) => untilMs)
    return Math.min(Infinity, ...waits.filter((untilMs) => untilMs > nowMs))
  }
}
