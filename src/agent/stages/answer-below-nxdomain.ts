import type { Clock } from '#platform/clock.ts'
import { RCODE } from '#wire/constants.ts'
import type { AnswerMemory } from '../cache/answer-memory.ts'
import { nxdomainAbove } from '../cache/nxdomain-above.ts'
import { answerLocally } from '../local-answer.ts'
import type { Stage } from '../stage.ts'

/**
 * Where a name does not exist, nothing below it does (RFC 8020): such a question is not asked upstream. Only of what an upstream
 * has said: a block is never in the cache. Stands behind the cache, so it costs a hit nothing.
 */
export function makeAnswerBelowNxdomain(cache: AnswerMemory, clock: Clock): Stage {
  return (next) => (query) => {
    const nowMs = clock.monotonicMs()
    const above = nxdomainAbove(cache, query.view.cacheKey(), nowMs)
    if (!above) return next(query)
    const negativeTtlSeconds = Math.max(1, Math.floor((above.expiresAtMs - nowMs) / 1000))
    return answerLocally(query, 'cached', { rcode: RCODE.NXDOMAIN, negativeTtlSeconds })
  }
}
