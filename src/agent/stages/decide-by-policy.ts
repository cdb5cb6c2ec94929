import { asksForTcp } from '#rules/decide.ts'
import { matchName, type PolicySlot } from '../active-policy.ts'
import { answerBlocked, answerCanary } from '../answer-blocked.ts'
import { isCanary } from '../answer-policy.ts'
import { answerTruncated } from '../answer-truncated.ts'
import type { AnswerMemory } from '../cache/answer-memory.ts'
import { findKnown } from '../cache/find-known.ts'
import { decideQuestion } from '../decide-question.ts'
import type { Stage } from '../stage.ts'

/**
 * Takes the verdict on the name asked; what an earlier query has found out of the name is kept with its answer in the cache, so that a
 * name that is asked often is not looked up in the index each time; the type counts only in rules that name types. Fails
 * closed: without a client nothing passes.
 */
export function makeDecideByPolicy(policy: PolicySlot, cache: AnswerMemory): Stage {
  return (next) => (query) => {
    const { client, matches, view, answer } = query
    if (!client) return answer.setNone()
    const { current } = policy
    findKnown(query, cache)
    if (query.known?.generation === current.generation) matches.fill(query.known.nameEntries)
    else {
      matches.clear()
      matchName(current, view.name, 0, matches, view.type)
    }
    const verdict = decideQuestion(client.view, matches, view.name, view.nameLength, current.own)
    query.verdict = verdict
    query.decided = verdict
    query.generation = current.generation
    if (verdict.kind !== 'block') {
      const isAgain =
        query.transport === 'udp' &&
        asksForTcp(client.view, matches.entries, matches.count, verdict)
      return isAgain ? answerTruncated(query) : next(query)
    }
    return isCanary(current, matches)
      ? answerCanary(query, verdict, current)
      : answerBlocked(query, verdict, current)
  }
}
