import { asksForTcp, decide } from '#rules/decide.ts'
import type { Verdict } from '#rules/verdict.ts'
import { matchName, type PolicySlot } from '../active-policy.ts'
import { answerBlocked, answerInStyle } from '../answer-blocked.ts'
import { isCanary } from '../answer-policy.ts'
import { answerTruncated } from '../answer-truncated.ts'
import type { Stage } from '../stage.ts'

/** Counts a verdict by its kind and, where it blocks or monitors, by category: never by name. */
export type CountVerdict = (verdict: Verdict) => void

/** Takes the verdict on the name asked; the type counts only in rules that name types. Fails closed: without a client nothing passes. */
export function makeDecideByPolicy(policy: PolicySlot, countVerdict: CountVerdict): Stage {
  return (next) => (query) => {
    const { client, matches, view, answer } = query
    if (!client) return answer.setNone()
    const { current } = policy
    matches.clear()
    matchName(current, view.name, 0, matches, view.type)
    const verdict = decide(client.view, matches)
    query.verdict = verdict
    query.generation = current.generation
    countVerdict(verdict)
    if (verdict.kind !== 'block') {
      const isAgain =
        query.transport === 'udp' &&
        asksForTcp(client.view, matches.entries, matches.count, verdict)
      return isAgain ? answerTruncated(query) : next(query)
    }
    return isCanary(current, matches)
      ? answerInStyle(query, verdict, current.block.nxdomain)
      : answerBlocked(query, verdict, current)
  }
}
