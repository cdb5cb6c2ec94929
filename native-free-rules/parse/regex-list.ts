/** Lists of one regular expression a line, as Pi-hole reads them; with or without slashes around. */
import { splitLines } from './line-splitter.ts'
import { REGEX_REFUSED, suffixOfRegex } from './regex-suffix.ts'
import type { ListParser, RuleTaker } from './rule-taker.ts'

/** A parser for one such list. Never throws. */
export function parseRegexList(taker: RuleTaker): ListParser {
  return splitLines(taker, (content, line, whole) => {
    const rule = suffixOfRegex(/^\/(.*)\/$/.exec(content)?.[1] ?? content)
    const why = rule ? taker.emit(rule.name, rule.scope)?.detail : REGEX_REFUSED
    if (why !== undefined) taker.refuse(line, whole, why)
  })
}
