import type { Clock } from '#platform/clock.ts'
import { after } from '#platform/timer.ts'
import { RCODE } from '#wire/constants.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { innerQuery, questionOf } from '../inner-query.ts'
import type { Answer, Query } from '../query.ts'
import { type Resolve, type Stage, whenAnswered } from '../stage.ts'

/** For so long after its time an answer is better than none (RFC 8767 section 4: one to three days). */
const STALE_MS_MAX = 86_400_000
/** How long a client waits for a newer answer than a stale one (RFC 8767 section 5). */
const PATIENCE_MS = 1_800
/** For so long the upstreams are not asked again after they have not answered (RFC 8767 section 5). */
const RETRY_MS = 30_000

/**
 * Answers from memory while the TTL lasts, and keeps what `next` brings. One entry serves every group. An answer whose time
 * is over still serves when the upstreams cannot be reached; whether this client may have it is decided around this stage,
 * as for any answer.
 */
export function makeAnswerFromCache(cache: AnswerCache, clock: Clock): Stage {
  return (next) => (query) => {
    const key = query.view.cacheKey()
    const nowMs = clock.monotonicMs()
    const entry = cache.find(key)
    if (entry && entry.expiresAtMs > nowMs) {
      query.result = 'cached'
      return query.answer.setStored(entry, Math.floor((nowMs - entry.storedAtMs) / 1000))
    }
    if (entry && nowMs - entry.expiresAtMs < STALE_MS_MAX) {
      if (nowMs < entry.retryAtMs) return answerStale(query, entry)
      return renew(query, { key, entry }, next, { cache, clock })
    }
    return whenAnswered(next(query), (answer) => {
      if (answer.entry) cache.set(key, answer.entry)
      return answer
    })
  }
}

interface Expired {
  readonly key: string
  readonly entry: CacheEntry
}

interface Parts {
  readonly cache: AnswerCache
  readonly clock: Clock
}

/** Asks for a newer answer, by a question of its own: it may come when the client has long been served. */
function renew(
  query: Query,
  { key, entry }: Expired,
  next: Resolve,
  { cache, clock }: Parts,
): Promise<Answer> {
  const asked = innerQuery(query, questionOf(query.view))
  return new Promise((resolve) => {
    let isServed = false
    // The query is lent: once it has its answer, it is another's.
    const serve = (newer: CacheEntry | undefined): void => {
      if (newer) cache.set(key, newer)
      else entry.retryAtMs = clock.monotonicMs() + RETRY_MS
      if (isServed) return
      isServed = true
      callOff()
      if (!newer) return resolve(answerStale(query, entry))
      query.result = asked.result
      resolve(query.answer.setStored(newer, 0))
    }
    const callOff = after(PATIENCE_MS, () => serve(undefined))
    Promise.resolve(next(asked)).then(
      (answer) => serve(answer.entry && isAboutTheName(answer.entry) ? answer.entry : undefined),
      () => serve(undefined),
    )
  })
}

/** Whether an upstream has said something of the name, and not of its own trouble. */
function isAboutTheName({ stored }: CacheEntry): boolean {
  return stored.rcode === RCODE.NOERROR || stored.rcode === RCODE.NXDOMAIN
}

function answerStale(query: Query, entry: CacheEntry): Answer {
  query.result = 'stale'
  return query.answer.setStored(entry, 'stale')
}
