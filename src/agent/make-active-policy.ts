import type { LockedNames } from '#rules/locked-names.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ActivePolicy } from './active-policy.ts'
import { makeAnswerPolicy } from './answer-policy.ts'
import type { AskedCounts } from './identity/asked-counts.ts'
import type { Assignment } from './identity/assignment.ts'
import { ClientRules } from './identity/client-rules.ts'
import { ClientTable } from './identity/client-table.ts'
import { makeOwnResolver } from './own-resolver.ts'
import type { ReadyConfig } from './policy/ready-config.ts'
import type { TimedViews } from './timed-views.ts'

/** Policy and rules put together for the stages, as they are at a moment; a few milliseconds of work for any number of names. */
export function makeActivePolicy(
  config: ReadyConfig,
  rules: RuleIndex,
  generation: number,
  parts: {
    readonly views: TimedViews
    readonly wallMs: number
    readonly locked: LockedNames | undefined
    readonly assigned: ReadonlyMap<string, Assignment>
    readonly asked: AskedCounts
  },
): ActivePolicy {
  const { networks, strictestGroup } = config
  const views = parts.views.at(parts.wallMs)
  return {
    generation,
    rules,
    locked: parts.locked,
    released: parts.views.released,
    ofConsole: parts.views.ofConsole,
    own: makeOwnResolver(config.listen.encrypted),
    clients: new ClientTable({
      networks,
      views,
      strictestGroup,
      rules: new ClientRules(rules),
      assigned: parts.assigned,
      forwarders: config.identity.forwarders,
      endpoints: new Set(config.identity.devices.flatMap(({ endpoint }) => endpoint ?? [])),
      asked: parts.asked,
    }),
    ...makeAnswerPolicy(config, rules),
  }
}
