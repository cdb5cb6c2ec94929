import type { BlockVerdict } from '#rules/verdict.ts'
import { type LocalAnswer, writeLocalAnswer } from '#wire/answer-writer.ts'
import { EDE, RCODE, TYPE } from '#wire/constants.ts'
import type { BlockStyle } from './active-policy.ts'
import type { Answer, Query, QueryResult } from './query.ts'

const NULL_IPV4 = new Uint8Array(4)
const NULL_IPV6 = new Uint8Array(16)

/** Answers from here and now, and says what became of the query. */
export function answerLocally(query: Query, result: QueryResult, answer: LocalAnswer): Answer {
  query.result = result
  return query.answer.setWritten(writeLocalAnswer(query.view, answer, query.answer.own))
}

/**
 * Answers a blocked query: by default the name does not exist, and EDE 15 says that this was a decision (RFC 8914
 * section 4.16). A list may say in what way; otherwise the policy does. The text names no category: it may be read by whoever stands beside the pupil.
 */
export function answerBlocked(query: Query, verdict: BlockVerdict, style: BlockStyle): Answer {
  query.verdict = verdict
  const { ttlSeconds } = style
  const way = verdict.answer ?? style.answer
  const error = { code: EDE.BLOCKED, text: 'blocked by school policy' }
  const data = way === 'null-address' ? nullAddress(query.view.type) : undefined
  if (data) {
    const answers = { type: query.view.type, ttlSeconds, data: [data] }
    return answerLocally(query, 'blocked', { rcode: RCODE.NOERROR, answers, error })
  }
  if (way === 'refused') return answerLocally(query, 'blocked', { rcode: RCODE.REFUSED, error })
  const rcode = way === 'nxdomain' ? RCODE.NXDOMAIN : RCODE.NOERROR
  return answerLocally(query, 'blocked', { rcode, negativeTtlSeconds: ttlSeconds, error })
}

function nullAddress(type: number): Uint8Array | undefined {
  if (type === TYPE.A) return NULL_IPV4
  return type === TYPE.AAAA ? NULL_IPV6 : undefined
}
