import { namesMatched } from '../expression-names.ts'
import { compileTable } from '../expression-table.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from '../rule-failure.ts'
import type { NamePattern } from './name-pattern.ts'
import { suffixOfRegex } from './regex-suffix.ts'

/** Expressions of one list that are looked at: each takes about a millisecond. */
export const EXPRESSIONS_READ_MAX = 1_024

const NOT_PRINTABLE =
  'the regular expression is not all printable ASCII: names are matched as A-labels (xn--)'

/** Reads the expressions of one list. */
export type ReadRegex = (source: string) => NamePattern | RuleFailure<'bad-expression'>

/**
 * A reader for one list. What only means a suffix becomes one; all else is a pattern that hangs on the domain that its matches are
 * proven to end in, or on the root. Never throws.
 */
export function makeRegexReader(): ReadRegex {
  let read = 0
  return (source) => {
    const suffix = suffixOfRegex(source)
    if (suffix) return suffix
    // It would match no name, or not those that are meant.
    if (!/^[\x20-\x7e]*$/.test(source)) return refused(NOT_PRINTABLE)
    if (read >= EXPRESSIONS_READ_MAX) return refused('too many regular expressions in one list')
    read += 1
    const table = compileTable(source)
    if (isRuleFailure(table)) return table
    const names = namesMatched(table)
    switch (names.kind) {
      case 'all':
        return refused('the regular expression covers every name')
      case 'none':
        return refused('the regular expression matches no name')
      case 'some':
        return { name: names.under, scope: 'subtree', expression: source }
      default:
        return names satisfies never
    }
  }
}

function refused(why: string): RuleFailure<'bad-expression'> {
  return ruleFailure('bad-expression', why)
}
