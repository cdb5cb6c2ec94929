import { LRUCache } from 'lru-cache'
import type { Clock } from '#platform/clock.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'

/**
 * Packets by their authenticators, which hash every byte of them and the secret: the same one again is the same packet.
 * `repeated` is a controller that missed the answer (RFC 5080 section 2.2.2), `replayed` somebody who has kept a copy.
 */
export class SeenPackets {
  readonly #clock: Clock
  readonly #seenAt = new LRUCache<string, number>({ max: RADIUS_LIMITS.seenPackets })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes note of an authentic packet. A copy does not make the first one younger. */
  look(authenticator: Buffer): 'new' | 'repeated' | 'replayed' {
    const key = authenticator.toString('latin1')
    const now = this.#clock.monotonicMs()
    const before = this.#seenAt.get(key)
    if (before === undefined) {
      this.#seenAt.set(key, now)
      return 'new'
    }
    return now - before <= RADIUS_LIMITS.repeatMs ? 'repeated' : 'replayed'
  }
}
