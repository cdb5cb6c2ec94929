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

  find(authenticator: Buffer): 'new' | 'repeated' | 'replayed' {
    const before = this.#seenAt.get(keyOf(authenticator))
    if (before === undefined) return 'new'
    return this.#clock.monotonicMs() - before <= RADIUS_LIMITS.repeatMs ? 'repeated' : 'replayed'
  }

  /** Takes note of an authentic packet that is new. */
  note(authenticator: Buffer): void {
    this.#seenAt.set(keyOf(authenticator), this.#clock.monotonicMs())
  }
}

function keyOf(authenticator: Buffer): string {
  return authenticator.toString('latin1')
}
