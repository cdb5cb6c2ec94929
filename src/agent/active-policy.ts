import type { RuleIndex } from '#rules/rule-index.ts'
import type { AnswerPolicy } from './answer-policy.ts'
import type { ClientTable } from './identity/client-table.ts'

/** Everything that decides, built aside and swapped whole: policy and rules are never seen half-changed. */
export interface ActivePolicy extends AnswerPolicy {
  /** Rises by one with each set of rules or policy, so that what older ones found in a cached answer is known as such. */
  readonly generation: number
  readonly rules: RuleIndex
  readonly clients: ClientTable
}

/** The one place that stages read the policy from; `main` replaces `current`. */
export interface PolicySlot {
  current: ActivePolicy
}
