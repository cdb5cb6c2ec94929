import type { AnswerCache } from './answer-cache.ts'

/** What the stages need of a cache. */
export type AnswerMemory = Pick<AnswerCache, 'find' | 'set'>

/** A cache as it is, for questions that nobody asked: what they find is a copy, and what they bring is not kept. */
export function leftAsItIs(cache: AnswerMemory): AnswerMemory {
  return {
    find: (key) => {
      const entry = cache.find(key)
      return entry && { ...entry }
    },
    set: () => undefined,
  }
}
