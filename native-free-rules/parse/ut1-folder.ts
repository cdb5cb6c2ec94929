/**
 * UT1's layout: one folder a category, in it `domains` (names and addresses, one a line, each name with everything below it) and
 * `usage`, which says what the category is good for.
 */
import { type RuleFailure, ruleFailure } from '../rule-failure.ts'
import { UT1_CATEGORIES, type Ut1Use } from './ut1-categories.ts'

/** Whether a category's names are meant to be blocked, or to be all there is. */
export type Ut1Usage = 'black' | 'white'

const COMMENT = /#.*$/gm
/** A folder of another name is never made on a disk. */
const FOLDER = /^[A-Za-z0-9_-]{1,64}$/

/**
 * What a folder is taken for: as its list's own `categories` say, else the table. A folder of which neither knows is a failure, which
 * says what to do: leaving it out without a word would be a category that somebody believes to have. Never throws.
 */
export function ut1Use(
  folder: string,
  own: ReadonlyMap<string, Ut1Use>,
): Ut1Use | RuleFailure<'unknown-folder'> {
  const use = own.get(folder) ?? UT1_CATEGORIES.get(folder)
  if (use === 'off') return use
  if (!FOLDER.test(folder)) return ruleFailure('unknown-folder', BAD_NAME)
  return use ?? ruleFailure('unknown-folder', IN_NO_TABLE)
}

const BAD_NAME =
  'it is not used: the name of a folder has at most 64 letters, digits, hyphens and underscores'
const IN_NO_TABLE =
  'it is in no table and not used: name it in "categories" of this list, with a category or off'

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
