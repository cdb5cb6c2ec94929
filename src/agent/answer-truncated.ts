import { RCODE } from '#wire/constants.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'

/** Has a client ask again over TCP. Neither a block nor an event: there the question goes on as if nothing had been. */
export function answerTruncated(query: Query): Answer {
  return answerLocally(query, 'local', { rcode: RCODE.NOERROR, isTruncated: true })
}
