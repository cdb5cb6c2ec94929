import { PATIENCE_MS } from '../../stale.ts'
import type { PreferredUpstreams } from '../../upstream/upstream-pool.ts'
import { firstPlace, HEDGE_MS, hedgeAfterMs } from '../../upstream/when-to-ask.ts'
import type { Flight } from './flight.ts'
import type { UpstreamRoute } from './upstream-route.ts'

/** Messages of one flight: the rest of what a question may cost is the main thread's. */
const MESSAGES_MAX = 2

export type FlightLimits = Omit<PreferredUpstreams, 'upstreams'>

/** Which way a flight goes first, which after that, and when: by the strategy and the limits in force. */
export class RouteChoice {
  /** The preferred one first. */
  routes: readonly UpstreamRoute[] = []
  #limits: FlightLimits = { timeoutMs: PATIENCE_MS, triesMax: 1, strategy: 'in-order' }
  /** Flights so far: which upstream is asked first may go by it. */
  #departed = 0

  use(routes: readonly UpstreamRoute[], limits: FlightLimits): void {
    this.routes = routes
    this.#limits = limits
  }

  get timeoutMs(): number {
    return this.#limits.timeoutMs
  }

  /** How long clients wait for a flight. */
  get patienceMs(): number {
    return Math.min(this.#limits.timeoutMs, PATIENCE_MS)
  }

  /** After how long another is asked as well. */
  get againAfterMs(): number {
    return hedgeAfterMs(this.#limits.timeoutMs, this.routes.length === 1)
  }

  /** For one flight more. */
  first(): UpstreamRoute | undefined {
    return this.routes[firstPlace(this.#limits.strategy, this.#departed++, this.routes.length)]
  }

  /**
   * The way for another message of a flight: the best of the others where they are ranked, else the next in turn. None where it has
   * had its messages, nor the same one again where nothing more is to be had from that.
   */
  next({ sent }: Flight, isFailed: boolean): UpstreamRoute | undefined {
    if (sent.length >= Math.min(MESSAGES_MAX, this.#limits.triesMax)) return undefined
    const first = sent[0]?.route
    const [best] = this.routes
    const isRanked = this.#limits.strategy === 'fastest' && best !== first
    const place = this.routes.findIndex((route) => route === first)
    const route = isRanked ? best : this.routes[(place + 1) % this.routes.length]
    return isFailed && route === first ? undefined : route
  }

  /** An upstream that was asked first, and has not answered before the other, is told of as slow. */
  noteOvertaken({ sent, startedAtMs }: Flight, nowMs: number): void {
    const [first, second] = sent
    if (!first || !second || first.route === second.route || !first.socket.find(first.id)) return
    if (nowMs - startedAtMs >= HEDGE_MS) first.route.noteOvertaken()
  }
}
