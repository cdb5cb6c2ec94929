/** Newer answers for what is asked often, before the time of the old ones is over. */
import { isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { isAboutTheName } from '#wire/constants.ts'
import { questionOf } from '../inner-query.ts'
import type { Query } from '../query.ts'
import type { AskUpstream } from '../stages/forward.ts'
import type { AnswerMemory } from './answer-memory.ts'
import type { CacheEntry } from './cache-entry.ts'

export interface RenewalLimits {
  /** How often an entry must have been an answer to be worth it. */
  readonly asksMin: number
  readonly inFlightMax: number
  readonly perSecondMax: number
}

/** Called on a hit in the last part of an entry's time. */
export type Renew = (query: Query, entry: CacheEntry, nowMs: number) => void

const SECOND_MS = 1_000

/** Lets so many renewals begin, and no more. */
export class RenewalGate {
  readonly #limits: RenewalLimits
  #inFlight = 0
  #secondStartedAtMs = Number.NEGATIVE_INFINITY
  #inSecond = 0
  /** How many have begun. */
  begun: number

  /** `begun`: by those who did this before. */
  constructor(limits: RenewalLimits, begun = 0) {
    this.#limits = limits
    this.begun = begun
  }

  /**
   * Whether a newer answer may be asked for now; where it may, it has begun, and is not begun again for this entry. Never for
   * protected help: of that no upstream hears but what a person asks.
   */
  begin({ decided }: Query, entry: CacheEntry, nowMs: number): boolean {
    const { asksMin, inFlightMax, perSecondMax } = this.#limits
    if (entry.asks < asksMin || decided?.reason === 'protected') return false
    if (nowMs - this.#secondStartedAtMs >= SECOND_MS) {
      this.#secondStartedAtMs = nowMs
      this.#inSecond = 0
    }
    if (this.#inFlight >= inFlightMax || this.#inSecond >= perSecondMax) return false
    this.#inFlight += 1
    this.#inSecond += 1
    this.begun += 1
    entry.renewAtMs = Number.POSITIVE_INFINITY
    return true
  }

  end(): void {
    this.#inFlight -= 1
  }
}

interface RenewParts {
  readonly gate: RenewalGate
  readonly ask: AskUpstream
  readonly cache: AnswerMemory
  readonly clock: Clock
}

/** Renews on the main thread. Whatever comes of it, no client hears of it but by the newer answer. */
export function makeRenew({ gate, ask, cache, clock }: RenewParts): Renew {
  return (query, entry, nowMs) => {
    if (!gate.begin(query, entry, nowMs)) return
    const { key } = query
    ask(questionOf(query.view)).then(
      (stored) => {
        gate.end()
        if (!isFailure(stored) && isAboutTheName(stored.rcode))
          cache.set(key, cache.entryOf(stored, clock.monotonicMs()))
      },
      () => gate.end(),
    )
  }
}
