import type { BlockVerdict } from '#rules/verdict.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import type { AnswerPolicy } from './answer-policy.ts'
import { blockError } from './block-error.ts'
import type { BlockStyle } from './block-styles.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'

/** Answers a blocked query in the way of its group and category, and says so (RFC 8914). */
export function answerBlocked(query: Query, verdict: BlockVerdict, policy: AnswerPolicy): Answer {
  const style = policy.block.styleFor(query.client?.group ?? '', verdict)
  return verdict.data ? answerWithData(query, verdict, style) : answerInStyle(query, verdict, style)
}

/** The same with records that a trusted list has for it; of other types there is none. */
function answerWithData(query: Query, verdict: BlockVerdict, { ttlSeconds }: BlockStyle): Answer {
  query.verdict = verdict
  const { type } = query.view
  const error = blockError(verdict)
  const data = verdict.data?.get(type)
  if (!data)
    return answerLocally(query, 'blocked', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: ttlSeconds,
      error,
    })
  const answers = { type, ttlSeconds, data }
  return answerLocally(query, 'blocked', { rcode: RCODE.NOERROR, answers, error })
}

/** The same in a given way. What has no record of its own is an empty answer with the time for which that holds. */
export function answerInStyle(query: Query, verdict: BlockVerdict, style: BlockStyle): Answer {
  query.verdict = verdict
  const { rcode, ttlSeconds } = style
  const { type } = query.view
  const error = blockError(verdict)
  // A refusal says nothing of the name that could be kept.
  if (rcode === RCODE.REFUSED) return answerLocally(query, 'blocked', { rcode, error })
  const data = addressOf(style, type)
  if (!data)
    return answerLocally(query, 'blocked', { rcode, negativeTtlSeconds: ttlSeconds, error })
  const answers = { type, ttlSeconds, data: [data] }
  return answerLocally(query, 'blocked', { rcode, answers, error })
}

function addressOf({ ipv4, ipv6 }: BlockStyle, type: number): Uint8Array | undefined {
  if (type === TYPE.A) return ipv4
  return type === TYPE.AAAA ? ipv6 : undefined
}
