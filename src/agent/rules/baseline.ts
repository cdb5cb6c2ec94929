import { randomBytes } from 'node:crypto'
import { compileBaseline } from '#rules/compile-baseline.ts'
import { IndexBuilder } from '#rules/index-builder.ts'
import { openIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

/** What a box filters by when it has nothing of its own yet: the shipped sets. Takes a few milliseconds. */
export function makeBaseline(): RuleIndex {
  const builder = new IndexBuilder({ seed: randomBytes(8) })
  compileBaseline(builder)
  const index = openIndex(builder.build())
  if (isRuleFailure(index)) throw new BaselineError(index.detail)
  return index
}

/** The shipped sets do not compile: a broken program, not a broken input. */
export class BaselineError extends Error {
  readonly code = 'EDGE_BASELINE'
}
