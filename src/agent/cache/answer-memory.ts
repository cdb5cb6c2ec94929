import type { AnswerCache } from './answer-cache.ts'
import { KeptFailures } from './kept-failures.ts'

/** What the stages need of a cache. */
export type AnswerMemory = Pick<AnswerCache, 'find' | 'set' | 'entryOf' | 'failures'>

/** A cache as it is, for questions that nobody asked: what they find is a copy, and what they bring is not kept. */
export function leftAsItIs(cache: AnswerMemory): AnswerMemory {
  return {
    find: (key) => {
      const entry = cache.find(key)
      return entry && { ...entry }
    },
    set: () => undefined,
    entryOf: (stored, storedAtMs) => cache.entryOf(stored, storedAtMs),
    failures: new KeptFailures(),
  }
}
