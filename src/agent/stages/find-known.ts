import type { AnswerCache } from '../cache/answer-cache.ts'
import { findKnown } from '../cache/find-known.ts'
import type { Stage } from '../stage.ts'

/**
 * Looks once into the cache, for whoever comes later: what the rules say of a name is kept beside its answer, so that a
 * name that is asked often is not looked up in the index each time.
 */
export function makeFindKnown(cache: AnswerCache): Stage {
  return (next) => (query) => {
    findKnown(query, cache)
    return next(query)
  }
}
