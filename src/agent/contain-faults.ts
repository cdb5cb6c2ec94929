import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'
import type { Resolve } from './stage.ts'

const BROKEN = extendedError(EDE.OTHER, 'this query cannot be worked on')

/**
 * Answers SERVFAIL where a stage breaks, at once or later: a query that nobody foresaw must not take DNS away from a
 * whole school. Fails closed.
 */
export function containFaults(resolve: Resolve, onFault: (error: unknown) => void): Resolve {
  const contain = (query: Query, error: unknown): Answer => {
    onFault(error)
    return answerLocally(query, 'failed', { rcode: RCODE.SERVFAIL, error: BROKEN })
  }
  return (query) => {
    try {
      const answer = resolve(query)
      if (!(answer instanceof Promise)) return answer
      return answer.catch((error: unknown) => contain(query, error))
    } catch (error) {
      return contain(query, error)
    }
  }
}
