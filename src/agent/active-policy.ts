import type { RuleIndex } from '#rules/rule-index.ts'
import type { ClientTable } from './identity/client-table.ts'

/** How a block is said to a client. */
export interface BlockStyle {
  readonly answer: 'nxdomain' | 'null-address'
  readonly ttlSeconds: number
}

/** Everything that decides, built aside and swapped whole: policy and rules are never seen half-changed. */
export interface ActivePolicy {
  /** Rises by one with each set of rules, so that cached hop matches of older rules are known as such. */
  readonly generation: number
  readonly rules: RuleIndex
  readonly clients: ClientTable
  readonly block: BlockStyle
}

/** The one place that stages read the policy from; `main` replaces `current`. */
export interface PolicySlot {
  current: ActivePolicy
}
