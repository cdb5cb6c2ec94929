import type { Matches } from '#rules/matches.ts'
import type { ReleasedNames } from '#rules/released-names.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { ClientTable } from './identity/client-table.ts'

/** How a block is said to a client. */
export interface BlockStyle {
  readonly answer: 'nxdomain' | 'null-address'
  readonly ttlSeconds: number
}

/** Everything that decides, built aside and swapped whole: policy and rules are never seen half-changed. */
export interface ActivePolicy {
  /** Rises by one with each set of rules or releases, so that cached hop matches of older ones are known as such. */
  readonly generation: number
  readonly rules: RuleIndex
  /** Names that teachers have released; absent where there are none. */
  readonly released?: ReleasedNames | undefined
  readonly clients: ClientTable
  readonly block: BlockStyle
}

/** The one place that stages read the policy from; `main` replaces `current`. */
export interface PolicySlot {
  current: ActivePolicy
}

/** Appends every entry that covers the lower-case wire-form name at `start`. Never throws, allocates nothing. */
export function matchName(
  { rules, released }: ActivePolicy,
  name: Uint8Array,
  start: number,
  out: Matches,
): void {
  rules.match(name, start, out)
  released?.match(name, start, out)
}
