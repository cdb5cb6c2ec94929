import type { ConsoleNames } from '#rules/console-names.ts'
import { firstLockedEntry } from '#rules/extra-entries.ts'
import type { LockedNames } from '#rules/locked-names.ts'
import type { Matches } from '#rules/matches.ts'
import type { ReleasedNames } from '#rules/released-names.ts'
import type { RuleIndex } from '#rules/rule-index.ts'
import type { AnswerPolicy } from './answer-policy.ts'
import type { ClientTable } from './identity/client-table.ts'
import type { OwnResolver } from './own-resolver.ts'

/** Everything that decides, built aside and swapped whole: policy and rules are never seen half-changed. */
export interface ActivePolicy extends AnswerPolicy {
  /** Rises by one with each set of rules, policy, locked bundle or releases, so that what older ones found in a cached answer is known as such. */
  readonly generation: number
  readonly rules: RuleIndex
  /** Names of the locked bundle; absent where none is installed. */
  readonly locked?: LockedNames | undefined
  /** Names that teachers have released; absent where there are none. */
  readonly released?: ReleasedNames | undefined
  /** Names that people allow or deny in the console; absent where there are none. */
  readonly ofConsole?: ConsoleNames | undefined
  readonly clients: ClientTable
  /** What the box says of itself; absent where clients are told no name. */
  readonly own?: OwnResolver | undefined
}

/** The one place that stages read the policy from; `main` replaces `current`. */
export interface PolicySlot {
  current: ActivePolicy
}

/**
 * Fills in every entry that covers the lower-case wire-form name at `start`, asked for records of a type. `out` is empty. Never throws, allocates
 * nothing but where a locked name is confirmed.
 */
export function matchName(
  { rules, locked, released, ofConsole }: ActivePolicy,
  name: Uint8Array,
  start: number,
  out: Matches,
  type: number,
): void {
  // First, so that no number of other rules can leave it no room.
  locked?.match(name, start, firstLockedEntry(rules), out)
  rules.match(name, start, out, type)
  released?.match(name, start, out)
  ofConsole?.match(name, start, out)
}
