import { decide } from '#rules/decide.ts'
import type { Matches } from '#rules/matches.ts'
import type { PolicyView } from '#rules/policy-view.ts'
import { type AllowVerdict, NO_ENTRY, NO_LIST, type Verdict } from '#rules/verdict.ts'
import type { OwnResolver } from './own-resolver.ts'
import { specialUseOf } from './special-use.ts'

/** Of a name that the RFCs reserve and that no list and nobody here names: it is not unknown, it is answered here. */
const SPECIAL_USE: AllowVerdict = Object.freeze({
  kind: 'allow',
  reason: 'special-use',
  category: undefined,
  list: NO_LIST,
  entry: NO_ENTRY,
})

/**
 * The verdict on the name that a question asks for, lower-cased wire form, from the entries that cover it. What a group has for names
 * in no list does not reach names of special use: `localhost` (RFC 6761) and `_dns.resolver.arpa` (RFC 9462) have an answer
 * of their own, which devices rely on; nor the box's own name. Never throws.
 */
export function decideQuestion(
  view: PolicyView,
  matches: Matches,
  name: Buffer,
  nameLength: number,
  own: OwnResolver | undefined,
): Verdict {
  const verdict = decide(view, matches)
  const isUnlisted = verdict === view.fallback
  if (!isUnlisted || verdict.kind === 'allow' || verdict.kind === 'monitor') return verdict
  return specialUseOf(name, nameLength, own) === 'none' ? verdict : SPECIAL_USE
}
