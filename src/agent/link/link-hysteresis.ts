import type { LinkState } from '#domain/event.ts'
import type { Assessment } from './assess.ts'

/** Rounds in a row that must agree before the link is said to be worse: one lost packet is no alarm. */
const WORSE_ROUNDS = 2
/** Rounds in a row that may differ among themselves before the newest is believed: a link that dies by turns is not well. */
const UNSETTLED_ROUNDS_MAX = 4
/** A link that changed this often within the time must be well for longer before it is believed. */
const FLAPS = 4
const FLAP_MS = 300_000
const FLAPPING_BETTER_ROUNDS = 3

const BADNESS: Readonly<Record<LinkState, number>> = { unknown: 3, down: 2, degraded: 1, up: 0 }

/** Turns assessments, one a round, into changes. Pure: time is an argument. */
export class LinkHysteresis {
  #current: Assessment = { state: 'unknown', cause: 'none', detail: 'not measured yet' }
  #candidate: Assessment | undefined
  #agreeing = 0
  #differing = 0
  #changesMs: number[] = []

  get current(): Assessment {
    return this.#current
  }

  /** Whether the last round differed and has not been believed: the next should come soon. */
  get isPending(): boolean {
    return this.#candidate !== undefined
  }

  /** Takes the assessment of a round; answers whether it changes what is said of the link. */
  take(assessment: Assessment, nowMs: number): boolean {
    if (isSame(assessment, this.#current)) {
      this.#settle(assessment)
      return false
    }
    this.#differing++
    this.#agreeing = this.#candidate && isSame(assessment, this.#candidate) ? this.#agreeing + 1 : 1
    this.#candidate = assessment
    if (
      this.#agreeing < this.#roundsFor(assessment, nowMs) &&
      this.#differing < UNSETTLED_ROUNDS_MAX
    )
      return false
    this.#settle(assessment)
    this.#changesMs.push(nowMs)
    return true
  }

  #settle(assessment: Assessment): void {
    this.#current = assessment
    this.#candidate = undefined
    this.#agreeing = 0
    this.#differing = 0
  }

  #roundsFor({ state }: Assessment, nowMs: number): number {
    if (BADNESS[state] >= BADNESS[this.#current.state]) return WORSE_ROUNDS
    if (this.#current.state === 'unknown') return state === 'up' ? 1 : WORSE_ROUNDS
    this.#changesMs = this.#changesMs.filter((changedMs) => nowMs - changedMs < FLAP_MS)
    return this.#changesMs.length >= FLAPS ? FLAPPING_BETTER_ROUNDS : 1
  }
}

function isSame(a: Assessment, b: Assessment): boolean {
  return a.state === b.state && a.cause === b.cause
}
