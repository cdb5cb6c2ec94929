import { isAllowLocked, isLocked } from './categories.ts'
import type { ListSource, RuleEffect, RuleScope } from './list.ts'
import { type RuleFailure, ruleFailure } from './rule-failure.ts'

/**
 * Suffixes under which whole sectors stand: a list that nobody here vouches for does not get to name them with all below. A UK
 * school's own name is under one of these. Registry policy of Nominet and JANET; `gov.uk` itself is a site and may be named
 * exactly.
 */
const WIDE_UNDER_UK: ReadonlySet<string> = new Set([
  'ac',
  'co',
  'gov',
  'ltd',
  'me',
  'mod',
  'net',
  'nhs',
  'org',
  'plc',
  'police',
  'sch',
])
const LETTER_U = 0x75
const LETTER_K = 0x6b

/** Why a list may not have rules of this effect at all, or undefined. */
export function forbiddenEffect(
  { trusted }: ListSource,
  effect: RuleEffect,
): RuleFailure<'not-trusted'> | undefined {
  if (trusted) return undefined
  if (effect.kind === 'except')
    return ruleFailure('not-trusted', 'only a trusted list may have exceptions')
  if (effect.kind !== 'categorise' && effect.kind !== 'tcp-only')
    return ruleFailure('not-trusted', 'only a trusted list may do more than block')
  if (effect.kind === 'categorise' && effect.records)
    return ruleFailure('not-trusted', 'only a trusted list may do more than block')
  if (isLocked(effect.category))
    return ruleFailure('not-trusted', 'only a trusted list may fill a locked category')
  if (isAllowLocked(effect.category))
    return ruleFailure('not-trusted', 'only a trusted list may fill an always-allowed category')
  return undefined
}

/** Why a list nobody vouches for may not have a pattern that hangs on this name, or undefined. */
export function tooWidePattern(wire: Uint8Array): RuleFailure<'too-wide'> | undefined {
  return tooWide(wire, 'subtree')
    ? ruleFailure('too-wide', 'a pattern that is not under one domain needs a trusted list')
    : undefined
}

/** Why a list nobody vouches for may not name this, or undefined: one line must not take a whole sector down. */
export function tooWide(wire: Uint8Array, scope: RuleScope): RuleFailure<'too-wide'> | undefined {
  const first = wire[0] ?? 0
  if (first === 0) return ruleFailure('too-wide', 'the root covers every name')
  const second = wire[first + 1] ?? 0
  if (second === 0) return ruleFailure('too-wide', 'a top-level name covers too much')
  if (scope === 'exact' || !isUnderUk(wire, first + 1)) return undefined
  return WIDE_UNDER_UK.has(String.fromCharCode(...wire.subarray(1, first + 1)))
    ? ruleFailure('too-wide', 'a public suffix covers too much')
    : undefined
}

/** Whether the name's rest from `at` on is `uk`. */
function isUnderUk(wire: Uint8Array, at: number): boolean {
  return (
    wire[at] === 2 && wire[at + 1] === LETTER_U && wire[at + 2] === LETTER_K && wire[at + 3] === 0
  )
}
