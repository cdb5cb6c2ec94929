import { decide } from '#rules/decide.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked } from '../local-answer.ts'
import type { Stage } from '../stage.ts'

/** Takes the verdict on the name asked; the type counts only in rules that name types. Fails closed: without a client nothing passes. */
export function makeDecideByPolicy(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { client, matches, view, answer } = query
    if (!client) return answer.setNone()
    matches.clear()
    policy.current.rules.match(view.name, 0, matches, view.type)
    const verdict = decide(client.view, matches)
    query.verdict = verdict
    return verdict.kind === 'block'
      ? answerBlocked(query, verdict, policy.current.block)
      : next(query)
  }
}
