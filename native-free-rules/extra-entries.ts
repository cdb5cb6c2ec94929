/**
 * Entries beside those of an index, numbered on from its last: one for each locked category, whether or not anything fills it,
 * then one for each name that a teacher has released, then one for each rule of the console.
 */
import { LOCKED_CATEGORIES } from './categories.ts'
import type { RuleIndex } from './rule-index.ts'

/** Entries are 16-bit numbers. */
const NUMBERS_MAX = 65_535

/** The entry of the first of `LOCKED_CATEGORIES`; an index leaves room for all of them. */
export function firstLockedEntry({ entries }: Pick<RuleIndex, 'entries'>): number {
  return entries.length
}

/** The entry of the first released name. */
export function firstReleasedEntry({ entries }: Pick<RuleIndex, 'entries'>): number {
  return entries.length + LOCKED_CATEGORIES.length
}

/** How many released names there are numbers for. */
export function releasedNamesMax(index: Pick<RuleIndex, 'entries'>): number {
  return Math.max(0, NUMBERS_MAX - firstReleasedEntry(index))
}

/** The entry of the first rule of the console. */
export function firstConsoleEntry(
  index: Pick<RuleIndex, 'entries'>,
  releasedNames: number,
): number {
  return firstReleasedEntry(index) + releasedNames
}

/** How many rules of the console there are numbers for. */
export function consoleRulesMax(index: Pick<RuleIndex, 'entries'>, releasedNames: number): number {
  return Math.max(0, NUMBERS_MAX - firstConsoleEntry(index, releasedNames))
}
