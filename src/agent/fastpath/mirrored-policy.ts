import type { Clock } from '#platform/clock.ts'
import { reopenIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import { namesOf } from '../locked/names-of-rows.ts'
import { PolicyKeeper } from '../policy-keeper.ts'
import type { PolicyChange } from './policy-change.ts'

/** The policy of another thread, built again from what that thread has told. Throws where that is not a whole policy. */
export function keeperFrom(changes: readonly PolicyChange[], clock: Clock): PolicyKeeper {
  const config = changes.find((change) => change.kind === 'config')
  const rules = changes.find((change) => change.kind === 'rules')
  if (!config || !rules) throw new MirroredPolicyError('a policy needs a configuration and rules')
  const keeper = new PolicyKeeper(config.config, open(rules), { clock })
  for (const change of changes)
    if (change.kind !== 'config' && change.kind !== 'rules') applyChange(keeper, change)
  return keeper
}

/** Follows one change. */
export function applyChange(keeper: PolicyKeeper, change: PolicyChange): void {
  switch (change.kind) {
    case 'config':
      return keeper.useConfig(change.config)
    case 'rules':
      return keeper.useRulesAtOnce(open(change))
    case 'locked':
      return keeper.useLocked(namesOf(change.rows))
    case 'releases':
      return keeper.useReleases(change.releases)
    case 'console-rules':
      return keeper.useConsoleRules(change.rules)
    case 'assignments':
      return keeper.useAssignments(change.rows)
    case 'clock':
      return keeper.followClock()
    default:
      return change satisfies never
  }
}

function open({ parts }: Extract<PolicyChange, { kind: 'rules' }>): RuleIndex {
  const index = reopenIndex(parts)
  if (isRuleFailure(index)) throw new MirroredPolicyError(index.detail)
  return index
}

/** What another thread has told cannot be used: a broken program, not a broken input. */
export class MirroredPolicyError extends Error {
  readonly code = 'EDGE_MIRRORED_POLICY'
}
