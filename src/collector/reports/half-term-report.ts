import type { Sqlite } from '#platform/sqlite.ts'
import { readPrecision, type ThemePrecision } from '../alerts/learning.ts'
import { type AlertFigures, readAlertFigures, type Span } from './alert-figures.ts'
import { type Coverage, readCoverage } from './coverage.ts'

/** What governors are given: counts by theme and severity, how soon people answered, how often it was right. It names nobody. */
export interface HalfTermReport {
  readonly span: Span
  readonly alerts: AlertFigures
  readonly precision: readonly ThemePrecision[]
  readonly coverage: Coverage
}

export function readHalfTermReport(db: Sqlite, span: Span, nowMs: number): HalfTermReport {
  return {
    span,
    alerts: readAlertFigures(db, span),
    precision: readPrecision(db, span.tenant, span),
    coverage: readCoverage(db, span.tenant, nowMs),
  }
}
