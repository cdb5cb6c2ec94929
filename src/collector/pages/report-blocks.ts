/** Parts that every report has. */
import type { DocumentBlock } from '#console/document-plan.ts'
import type { FigureTable } from '#console/report-views.ts'
import { report } from '#console/words/report.ts'
import { reviewParts } from '#console/words/review-parts.ts'
import type { Review } from '../reports/review.ts'

/** A table of figures as a part of a document. */
export function tableBlock(table: FigureTable, ifEmpty: string): DocumentBlock {
  return { kind: 'table', ...table, ifEmpty }
}

/** Said wherever a figure stands that a simulator made. */
export function simulated({ alerts }: Pick<Review, 'alerts'>): readonly DocumentBlock[] {
  if (!alerts.isSimulated) return []
  return [{ kind: 'text', tone: 'notice', text: report.simulated }]
}

const { notShown } = reviewParts
/** What the figures of a report do not say. */
export const LIMITS: readonly DocumentBlock[] = [
  { kind: 'heading', text: notShown.heading },
  {
    kind: 'list',
    items: [
      notShown.risk,
      notShown.schools,
      notShown.within,
      notShown.elsewhere,
      notShown.pages,
      notShown.monitoring,
    ],
  },
]
