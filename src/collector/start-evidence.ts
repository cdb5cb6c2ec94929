/** Checks and decisions, ready to be read and added to, and the press that makes documents. */
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { CollectorLimits } from './config/collector-limits.ts'
import { DocumentPress } from './documents/document-press.ts'
import type { Evidence } from './evidence/evidence.ts'
import { makeEvidenceBook } from './evidence/evidence-book.ts'
import { makeCheckReads } from './evidence/read-checks.ts'
import { makeDecisionReads } from './evidence/read-decisions.ts'
import { makeReadNotices } from './evidence/read-notices.ts'
import { makeSignOffReads } from './evidence/read-sign-offs.ts'

interface EvidenceParts {
  readonly db: Sqlite
  readonly clock: Clock
  readonly limits: CollectorLimits
  readonly log: Log
  /** What else has to end before the store is closed. */
  readonly ending: (() => Promise<void>)[]
}

interface Started {
  readonly evidence: Evidence
  readonly press: DocumentPress
}

export function startEvidence(parts: EvidenceParts, tenant: string): Started {
  const { db, clock, limits, log, ending } = parts
  const press = new DocumentPress(limits.evidence, log)
  ending.push(() => press.close())
  const evidence = {
    book: makeEvidenceBook(db, { tenant, clock, limits: limits.evidence }),
    checks: makeCheckReads(db, tenant),
    decisions: makeDecisionReads(db, tenant),
    notices: makeReadNotices(db, tenant),
    signOffs: makeSignOffReads(db, tenant),
  }
  return { evidence, press }
}
