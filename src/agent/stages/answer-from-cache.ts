import type { Clock } from '#platform/clock.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import { type Stage, whenAnswered } from '../stage.ts'

/** Answers from memory while the TTL lasts, and keeps what `next` brings. One entry serves every group. */
export function makeAnswerFromCache(cache: AnswerCache, clock: Clock): Stage {
  return (next) => (query) => {
    const key = query.view.cacheKey()
    const nowMs = clock.monotonicMs()
    const entry = cache.get(key, nowMs)
    if (entry) {
      query.result = 'cached'
      return query.answer.setStored(entry, Math.floor((nowMs - entry.storedAtMs) / 1000))
    }
    return whenAnswered(next(query), (answer) => {
      if (answer.entry) cache.set(key, answer.entry)
      return answer
    })
  }
}
