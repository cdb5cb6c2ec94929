import { decide } from '#rules/decide.ts'
import type { PolicySlot } from '../active-policy.ts'
import { answerBlocked, answerInStyle } from '../answer-blocked.ts'
import { isCanary } from '../answer-policy.ts'
import type { Stage } from '../stage.ts'

/** Takes the verdict on the name asked, whatever the type. Fails closed: without a client nothing passes. */
export function makeDecideByPolicy(policy: PolicySlot): Stage {
  return (next) => (query) => {
    const { client, matches, view, answer } = query
    if (!client) return answer.setNone()
    const { current } = policy
    matches.clear()
    current.rules.match(view.name, 0, matches)
    const verdict = decide(client.view, matches)
    query.verdict = verdict
    if (verdict.kind !== 'block') return next(query)
    return isCanary(current, matches)
      ? answerInStyle(query, verdict, current.block.nxdomain)
      : answerBlocked(query, verdict, current)
  }
}
