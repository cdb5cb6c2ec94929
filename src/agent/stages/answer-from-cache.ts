import type { Clock } from '#platform/clock.ts'
import type { AnswerMemory } from '../cache/answer-memory.ts'
import { findKnown } from '../cache/find-known.ts'
import type { Renew } from '../cache/renewal.ts'
import type { Answer, Query } from '../query.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/**
 * Answers from memory while the TTL lasts, and keeps what `next` brings. One entry serves every group. What is asked near the end of
 * its time may be renewed.
 */
export function makeAnswerFromCache(cache: AnswerMemory, clock: Clock, renew?: Renew): Stage {
  const keep = (query: Query, answer: Answer): Answer => {
    if (answer.entry && answer.entry !== query.known) cache.set(query.key, answer.entry)
    return answer
  }
  return (next) => (query) => {
    findKnown(query, cache)
    const { known } = query
    const nowMs = clock.monotonicMs()
    if (known && known.expiresAtMs > nowMs) {
      query.result = 'cached'
      known.asks += 1
      if (nowMs >= known.renewAtMs) renew?.(query, known, nowMs)
      return query.answer.setStored(known, Math.floor((nowMs - known.storedAtMs) / 1000))
    }
    return whenAnswered(next(query), query, keep)
  }
}
