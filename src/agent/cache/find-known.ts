import type { Query } from '../query.ts'
import type { AnswerMemory } from './answer-memory.ts'

/** Fills the query's `key` and `known` unless that has been done. */
export function findKnown(query: Query, cache: AnswerMemory): void {
  if (query.key !== '') return
  query.key = query.view.cacheKey()
  query.known = cache.find(query.key)
}
