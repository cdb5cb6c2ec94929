import type { BlockVerdict } from '#rules/verdict.ts'
import type { ExtendedError } from '#wire/answer-writer.ts'
import { RCODE, TYPE } from '#wire/constants.ts'
import type { AnswerPolicy } from './answer-policy.ts'
import type { BlockStyle } from './block-styles.ts'
import { answerLocally } from './local-answer.ts'
import type { Answer, Query } from './query.ts'

/** Answers a blocked query in the way of its group and category, and says so (RFC 8914). */
export function answerBlocked(query: Query, verdict: BlockVerdict, policy: AnswerPolicy): Answer {
  const group = query.client?.group ?? ''
  const style = policy.block.styleFor(group, verdict)
  const error = policy.block.errorFor(group, verdict)
  return verdict.data
    ? answerWithData(query, verdict, style, error)
    : answerInStyle(query, verdict, style, error)
}

/** Answers a question by which a device asks the network whether it may go round the filter: no form but NXDOMAIN says no. */
export function answerCanary(query: Query, verdict: BlockVerdict, policy: AnswerPolicy): Answer {
  const error = policy.block.errorFor(query.client?.group ?? '', verdict)
  return answerInStyle(query, verdict, policy.block.nxdomain, error)
}

/** The same with records that a trusted list has for it; of other types there is none. */
function answerWithData(
  query: Query,
  verdict: BlockVerdict,
  { ttlSeconds }: BlockStyle,
  error: ExtendedError,
): Answer {
  query.verdict = verdict
  const { type } = query.view
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
function answerInStyle(
  query: Query,
  verdict: BlockVerdict,
  style: BlockStyle,
  error: ExtendedError,
): Answer {
  query.verdict = verdict
  const { rcode, ttlSeconds } = style
  const { type } = query.view
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
