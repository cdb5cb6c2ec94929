import type { Strategy } from '../policy/sections/upstreams.ts'
import type { Upstream } from './upstream.ts'

/** Of so many questions one is first asked of another than the fastest, so that the others stay measured. */
const OTHERS_EVERY = 20
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
    this.#turn += 1
    const awake = steady.filter(({ health }) => !health.isResting)
    if (this.#strategy === 'in-order' || awake.length < 2) return steady
    if (this.#strategy === 'spread') return withFirst(steady, this.#turn % awake.length)
    if (this.#turn % OTHERS_EVERY !== 0) return steady
    const other = 1 + (Math.floor(this.#turn / OTHERS_EVERY) % (awake.length - 1))
    return withFirst(steady, other)
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
  const first = upstreams[place]
  return first ? [first, ...upstreams.filter((one) => one !== first)] : upstreams
}
