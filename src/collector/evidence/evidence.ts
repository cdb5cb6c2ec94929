import type { EvidenceBook } from './evidence-book.ts'
import type { CheckReads } from './read-checks.ts'
import type { DecisionReads } from './read-decisions.ts'
import type { ReadNotices } from './read-notices.ts'
import type { SignOffReads } from './read-sign-offs.ts'

/** What a school can show of its filter. */
export interface Evidence {
  readonly book: EvidenceBook
  readonly checks: CheckReads
  readonly decisions: DecisionReads
  readonly notices: ReadNotices
  readonly signOffs: SignOffReads
}
