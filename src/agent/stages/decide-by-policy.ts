import { decide } from '#rules/decide.ts'
import { matchName, type PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../local-answer.ts'
import type { Stage } from '../stage.ts'

/** Takes the verdict on the name asked, whatever the type. Fails closed: without a client nothing passes. */
export function makeDecideByPolicy(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { client, matches, view, answer } = query
    if (!client) return answer.setNone()
    matches.clear()
    matchName(policy.current, view.name, 0, matches)
    const verdict = decide(client.view, matches)
    query.verdict = verdict
    return verdict.kind === 'block'
      ? answerBlocked(query, verdict, policy.current.block)
      : next(query)
  }
}
