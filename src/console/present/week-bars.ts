import type { FigureTable } from '../report-views.ts'

/** A drawing of counts by week; where the browser draws nothing, title and total are still read. */
export interface WeekBars {
  readonly title: string
  readonly total: string
  /** For the drawing: the weeks' names and the counts of each series. */
  readonly points: string
}

/** Drawings side by side, and one table that says the same. */
export interface WeekCharts {
  readonly bars: readonly WeekBars[]
  /** What one bar and one column is. */
  readonly step: string
  readonly table: FigureTable
}

/** Weeks as they stand below the bars, and counts for each; of two series the second is a part of the first. */
export function weekPoints(
  weeks: readonly string[],
  series: readonly { readonly label: string; readonly values: readonly number[] }[],
): string {
  return JSON.stringify({ weeks, series })
}
