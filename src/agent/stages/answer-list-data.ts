import type { LocalDataVerdict } from '#rules/verdict.ts'
import { extendedError } from '#wire/answer-writer.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerByAlias } from '../answer-by-alias.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import type { MaybePromise, Resolve, Stage } from '../stage.ts'

/** Short, so that a change of the list is soon seen. */
const LIST_DATA_TTL_SECONDS = 60
const FORGED = extendedError(EDE.FORGED_ANSWER, 'answered from a list of the school')
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
  if (target !== undefined)
    return answerByAlias(query, { verdict, target, fault: UNREACHABLE }, next, policy)
  const found = data.get(query.view.type)
  if (!found)
    return answerLocally(query, 'rewritten', {
      rcode: RCODE.NOERROR,
      negativeTtlSeconds: LIST_DATA_TTL_SECONDS,
      error: FORGED,
    })
  const answers = { type: query.view.type, ttlSeconds: LIST_DATA_TTL_SECONDS, data: found }
  return answerLocally(query, 'rewritten', { rcode: RCODE.NOERROR, answers, error: FORGED })
}
