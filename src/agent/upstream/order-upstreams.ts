import type { Strategy } from '../policy/sections/upstreams.ts'
import type { Upstream } from './upstream.ts'
import { firstPlace } from './when-to-ask.ts'

/** A faster one must be faster by more than this share to take the first place, or two of a kind would change places all the time. */
const CLEARLY_FASTER = 0.8

/** Puts upstreams in the order in which they are asked; those that rest come last whatever the strategy. */
export class UpstreamOrder {
  readonly #upstreams: readonly Upstream[]
  readonly #strategy: Strategy
  #turn = 0
  #leader: Upstream | undefined

  constructor(upstreams: readonly Upstream[], strategy: Strategy) {
    this.#upstreams = upstreams
    this.#strategy = strategy
  }

  /** For one question. */
  next(): readonly Upstream[] {
    const steady = this.steady()
    const awake = steady.filter(({ health }) => !health.isResting)
    return withFirst(steady, firstPlace(this.#strategy, this.#turn++, awake.length))
  }

  /** The order that holds for more than one question. */
  steady(): readonly Upstream[] {
    const byRest = this.#upstreams.toSorted((a, b) => restOf(a) - restOf(b))
    return this.#strategy === 'fastest' ? this.#byRoundTrip(byRest) : byRest
  }

  #byRoundTrip(byRest: readonly Upstream[]): readonly Upstream[] {
    const sorted = byRest.toSorted(
      (a, b) => restOf(a) - restOf(b) || a.health.rttMs - b.health.rttMs,
    )
    const [first] = sorted
    const leader = this.#leader
    const stays =
      first &&
      leader &&
      !leader.health.isResting &&
      first.health.rttMs > leader.health.rttMs * CLEARLY_FASTER
    if (stays) return [leader, ...sorted.filter((one) => one !== leader)]
    this.#leader = first
    return sorted
  }
}

function restOf({ health }: Upstream): number {
  return health.isResting ? 1 : 0
}

/** The same with the one at `place` first, and those behind it after it. */
function withFirst(upstreams: readonly Upstream[], place: number): readonly Upstream[] {
  const first = place > 0 && upstreams[place]
  return first ? [first, ...upstreams.filter((one) => one !== first)] : upstreams
}
