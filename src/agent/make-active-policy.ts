import { compileView } from '#rules/policy-view.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ActivePolicy } from './active-policy.ts'
import { makeAnswerPolicy } from './answer-policy.ts'
import { ClientTable } from './identity/client-table.ts'
import type { ReadyConfig } from './policy/ready-config.ts'

/** Policy and rules put together for the stages; a few milliseconds of work for any number of names. */
export function makeActivePolicy(
  config: ReadyConfig,
  rules: RuleIndex,
  generation: number,
): ActivePolicy {
  const views = new Map(
    [...config.groups].map(([group, policy]) => [group, compileView(rules, policy)]),
  )
  const { networks, strictestGroup } = config
  return {
    generation,
    rules,
    clients: new ClientTable({ networks, views, strictestGroup }),
    ...makeAnswerPolicy(config, rules),
  }
}
