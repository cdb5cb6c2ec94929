import { decideHop } from '#rules/decide.ts'
import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import type { LocalDataVerdict } from '#rules/verdict.ts'
import { EDE, RCODE } from '#wire/constants.ts'
import { matchName, type PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../answer-blocked.ts'
import { answerLocally } from '../local-answer.ts'
import type { Answer, Query } from '../query.ts'
import type { MaybePromise, Resolve, Stage } from '../stage.ts'
import { answerByAlias } from './rewrite-safe-search.ts'

/** Short, so that a change of the list is soon seen. */
const LIST_DATA_TTL_SECONDS = 60

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
  if (target !== undefined) return followAlias(query, { verdict, target }, policy, next)
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

interface Alias {
  readonly verdict: LocalDataVerdict
  readonly target: DomainName
}

function followAlias(
  query: Query,
  { verdict, target }: Alias,
  policy: PolicySlot,
  next: Resolve,
): MaybePromise<Answer> {
  const { client, matches, view } = query
  if (!client) return query.answer.setNone()
  matches.clear()
  const { current } = policy
  matchName(current, nameToWire(target), 0, matches, view.type)
  const found = decideHop(client.view, matches.entries, 0, matches.count, verdict)
  if (found?.kind === 'block') return answerBlocked(query, found, current)
  return answerByAlias(
    query,
    { verdict, target, fault: 'an alias cannot be reached' },
    next,
    policy,
  )
}
