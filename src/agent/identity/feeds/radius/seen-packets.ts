import { LRUCache } from 'lru-cache'
import type { Clock } from '#platform/clock.ts'
import { RADIUS_LIMITS } from './radius-limits.ts'

interface Seen {
  readonly atMs: number
  /** Answered since. */
  copies: number
}

/**
 * Packets by their authenticators, which hash every byte of them and the secret: the same one again is the same packet.
 * `repeated` is a controller that missed the answer (RFC 5080 section 2.2.2), `replayed` somebody who has kept a copy: it comes late,
 * or too often.
 */
export class SeenPackets {
  readonly #clock: Clock
  readonly #seen = new LRUCache<string, Seen>({ max: RADIUS_LIMITS.seenPackets })

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What an authentic packet is; counts the copy. */
  meet(authenticator: Buffer): 'new' | 'repeated' | 'replayed' {
    const before = this.#seen.get(keyOf(authenticator))
    if (!before) return 'new'
    const isSoon = this.#clock.monotonicMs() - before.atMs <= RADIUS_LIMITS.repeatMs
    if (!isSoon || before.copies >= RADIUS_LIMITS.repeatsAnswered) return 'replayed'
    before.copies++
    return 'repeated'
  }

  /** Takes note of an authentic packet that is new. */
  note(authenticator: Buffer): void {
    this.#seen.set(keyOf(authenticator), { atMs: this.#clock.monotonicMs(), copies: 0 })
  }
}

function keyOf(authenticator: Buffer): string {
  return authenticator.toString('latin1')
}
