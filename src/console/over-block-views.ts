import type { FigureTable } from './report-views.ts'

/** Numbers of requests to unblock, over a span of days. */
export interface OverBlocksView {
  readonly view: 'over-blocks'
  readonly fromDay: string
  readonly toDay: string
  /** What is wrong with the days; then nothing is counted. */
  readonly problem: string
  readonly summary: string
  readonly isEmpty: boolean
  readonly hasWaiting: boolean
  readonly tables: readonly FigureTable[]
}
