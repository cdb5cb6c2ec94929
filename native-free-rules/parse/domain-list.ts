/**
 * Lists of one domain a line. A plain line means the name and everything below it; `*.example.org` and `.example.org` mean the same,
 * as Blocky reads them and as list authors use all three.
 */
import { whyNotHost } from './host-text.ts'
import { splitLines } from './line-splitter.ts'
import type { ListParser, RuleTaker } from './rule-taker.ts'

/** A parser for one such list. Never throws. */
export function parseDomainList(taker: RuleTaker): ListParser {
  return splitLines(taker, (content, line, whole) => {
    const name = withoutWildcard(content)
    const why = whyNotHost(name) ?? taker.emit(name, 'subtree')?.detail
    if (why !== undefined) taker.refuse(line, whole, why)
  })
}

function withoutWildcard(text: string): string {
  if (text.startsWith('*.') && text.length > 2) return text.slice(2)
  return text.startsWith('.') && text.length > 1 ? text.slice(1) : text
}
