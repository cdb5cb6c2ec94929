import type { Clock } from '#platform/clock.ts'
import { after } from '#platform/timer.ts'
import { isAboutTheName } from '#wire/constants.ts'
import type { CacheEntry } from '../cache/cache-entry.ts'
import { innerQuery, questionOf } from '../inner-query.ts'
import type { Answer, Query } from '../query.ts'
import type { Resolve, Stage } from '../stage.ts'
import { answerStale, isRetryFar, mayServeStale, noteSilence, PATIENCE_MS } from '../stale.ts'

/** What is kept of a newer answer, however late it comes. */
export type KeepAnswer = (key: string, entry: CacheEntry) => void

/**
 * An answer whose time is over still serves when the upstreams cannot be reached; whether this client may have it is
 * decided around this stage, as for any answer.
 */
export function makeServeStale(keep: KeepAnswer, clock: Clock): Stage {
  return (next) => (query) => {
    const { key, known } = query
    const nowMs = clock.monotonicMs()
    if (!mayServeStale(known, nowMs)) return next(query)
    if (isRetryFar(known, nowMs)) return answerStale(query, known)
    return renew(query, { key, entry: known }, next, { keep, clock })
  }
}

interface Expired {
  readonly key: string
  readonly entry: CacheEntry
}

interface Parts {
  readonly keep: KeepAnswer
  readonly clock: Clock
}

/** Asks for a newer answer, by a question of its own: it may come when the client has long been served. */
function renew(
  query: Query,
  { key, entry }: Expired,
  next: Resolve,
  { keep, clock }: Parts,
): Promise<Answer> {
  const asked = innerQuery(query, questionOf(query.view))
  asked.isForLater = true
  return new Promise((resolve) => {
    let isServed = false
    // The query is lent: once it has its answer, it is another's.
    const serve = (newer: CacheEntry | undefined): void => {
      if (newer) keep(key, newer)
      else noteSilence(entry, clock.monotonicMs())
      if (isServed) return
      isServed = true
      callOff()
      if (!newer) return resolve(answerStale(query, entry))
      query.result = asked.result
      resolve(query.answer.setStored(newer, 0))
    }
    const callOff = after(PATIENCE_MS, () => serve(undefined))
    Promise.resolve(next(asked)).then(
      (answer) =>
        serve(answer.entry && isAboutTheName(answer.entry.stored.rcode) ? answer.entry : undefined),
      () => serve(undefined),
    )
  })
}
