/** Lists of one regular expression a line, as Pi-hole reads them; with or without slashes around. */
import { isRuleFailure } from '../rule-failure.ts'
import { splitLines } from './line-splitter.ts'
import { conditionOf } from './name-pattern.ts'
import { makeRegexReader } from './regex-rule.ts'
import type { ActionTaker, ListParser } from './rule-taker.ts'

/** What Pi-hole lets stand behind an expression. */
const PIHOLE_OPTION = /;(?:querytype=|reply=|invert$|invert;)/i

/** A parser for one such list. Never throws. */
export function parseRegexList(taker: ActionTaker): ListParser {
  const readRegex = makeRegexReader()
  return splitLines(taker, (content, line, whole) => {
    const why = takeExpression(/^\/(.*)\/$/.exec(content)?.[1] ?? content)
    if (why !== undefined) taker.refuse(line, whole, why)
  })
  function takeExpression(source: string): string | undefined {
    if (PIHOLE_OPTION.test(source)) return 'options behind an expression are not evaluated'
    const rule = readRegex(source)
    if (isRuleFailure(rule)) return rule.detail
    const { name, scope } = rule
    const condition = conditionOf(rule)
    const action = { kind: 'block' } as const
    return taker.take({ name, scope, action, ...(condition && { condition }) })?.detail
  }
}
