import type { Sqlite } from '#platform/sqlite.ts'
import type { DrillState } from '../notify/occasions/drill-state.ts'
import type { Span } from './alert-figures.ts'
import { type BoxDays, readBoxDays } from './box-days.ts'
import { type Coverage, readCoverage } from './coverage.ts'
import { type HalfTermReport, readHalfTermReport } from './half-term-report.ts'
import { type OverBlocked, readOverBlocked } from './over-blocked.ts'
import { type OverBlocks, readOverBlocks } from './over-blocks.ts'
import { type Review, readReview } from './review.ts'
import { type Digest, readDigest } from './weekly-digest.ts'

/** What pages read of reports. */
export interface ReportReads {
  /** Of hidden users, in lower case, no initials stand in it. */
  readonly digest: (span: Span, nowMs: number, hiddenUsers: ReadonlySet<string>) => Digest
  readonly halfTerm: (span: Span, nowMs: number) => HalfTermReport
  readonly review: (span: Span, nowMs: number) => Review
  readonly overBlocks: (span: Span) => OverBlocks
  readonly overBlocked: (span: Span, limit: number) => readonly OverBlocked[]
  /** On which days boxes told of themselves: `dayStarts` begin each, in order, and end the last. */
  readonly boxDays: (tenant: string, dayStarts: readonly number[]) => BoxDays
  readonly coverage: (tenant: string, nowMs: number) => Coverage
  /** The newest drill. */
  readonly drill: () => DrillState | undefined
  /** When the newest digest was due, in milliseconds since the epoch. */
  readonly lastDigestMs: (nowMs: number) => number
}

export function makeReportReads(
  db: Sqlite,
  notify: Pick<ReportReads, 'drill' | 'lastDigestMs'>,
): ReportReads {
  return {
    digest: (span, nowMs, hiddenUsers) => readDigest(db, span, nowMs, hiddenUsers),
    halfTerm: (span, nowMs) => readHalfTermReport(db, span, nowMs),
    review: (span, nowMs) => readReview(db, span, nowMs),
    overBlocks: (span) => readOverBlocks(db, span),
    overBlocked: (span, limit) => readOverBlocked(db, span, limit),
    boxDays: (tenant, dayStarts) => readBoxDays(db, tenant, dayStarts),
    coverage: (tenant, nowMs) => readCoverage(db, tenant, nowMs),
    drill: notify.drill,
    lastDigestMs: notify.lastDigestMs,
  }
}
