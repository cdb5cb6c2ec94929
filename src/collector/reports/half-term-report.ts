import type { Sqlite } from '#platform/sqlite.ts'
import { type AlertFigures, readAlertFigures, type Span } from './alert-figures.ts'
import { type Coverage, readCoverage } from './coverage.ts'

/** What governors are given: counts by theme and severity, how soon people answered, what it was. It names nobody. */
export interface HalfTermReport {
  readonly span: Span
  readonly alerts: AlertFigures
  readonly coverage: Coverage
}

export function readHalfTermReport(db: Sqlite, span: Span, nowMs: number): HalfTermReport {
  return {
    span,
    alerts: readAlertFigures(db, span),
    coverage: readCoverage(db, span.tenant, nowMs),
  }
}
