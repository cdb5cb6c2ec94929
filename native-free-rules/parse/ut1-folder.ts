/**
 * UT1's layout: one folder a category, in it `domains` (names and addresses, one a line, each name with everything below it) and
 * `usage`, which says what the category is good for.
 */
import { type RuleFailure, ruleFailure } from '../rule-failure.ts'

/** Whether a category's names are meant to be blocked, or to be all there is. */
export type Ut1Usage = 'black' | 'white'

const COMMENT = /#.*$/gm

/**
 * Reads `usage`: words, of which the first `black` or `white` counts. Some categories say both (`bank`: "white black"): the first is
 * what the authors mean mostly, and reading it as the weaker one would block every bank. Without either the folder is unusable.
 * `domains` itself is read by `parseDomainList`.
 */
export function parseUt1Usage(text: string): Ut1Usage | RuleFailure<'no-usage'> {
  const words = text.replace(COMMENT, '').toLowerCase().split(/\s+/)
  const usage = words.find((word) => word === 'black' || word === 'white')
  if (usage === 'black' || usage === 'white') return usage
  return ruleFailure('no-usage', 'the usage file says neither black nor white')
}
