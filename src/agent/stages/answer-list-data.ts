import type { LocalDataVerdict } from '#rules/verdict.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { answerByAlias, targetBlock } from '../answer-by-alias.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import type { MaybePromise, Resolve, Stage } from '../stage.ts'

/** Short, so that a change of the list is soon seen. */
const LIST_DATA_TTL_SECONDS = 60
const UNREACHABLE = 'an alias cannot be reached'

/**
 * Answers names that a trusted list has records for. A type that it has none of is an empty answer, so that nothing of the true
 * name passes. An alias leads only where the client may go by itself. Fails closed: an alias that cannot be followed is SERVFAIL.
 */
export function makeAnswerListData(policy: PolicySlot): Stage {
  return (next) => (query) =>
    query.verdict?.kind === 'local-data'
      ? answerData(query, query.verdict, policy, next)
      : next(query)
}

function answerData(
  query: Query,
  verdict: LocalDataVerdict,
  policy: PolicySlot,
  next: Resolve,
): MaybePromise<Answer> {
  const { target, data } = verdict
  const { client } = query
  if (!client) return query.answer.setNone()
  if (target !== undefined) {
    const { type } = query.view
    const blocked = targetBlock({ client, verdict, target, type }, policy.current)
    if (blocked) return answerBlocked(query, blocked, policy.current)
    return answerByAlias(query, { verdict, target, fault: UNREACHABLE }, next, policy)
  }
  const error = { code: EDE.FORGED_ANSWER, text: 'answered from a list of the school' }
  const found = data.get(query.view.type)
  if (!found)
    return answerLocally(query, 'rewritten', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: LIST_DATA_TTL_SECONDS,
      error,
    })
  const answers = { type: query.view.type, ttlSeconds: LIST_DATA_TTL_SECONDS, data: found }
  return answerLocally(query, 'rewritten', { rcode: RCODE.NOERROR, answers, error })
}
