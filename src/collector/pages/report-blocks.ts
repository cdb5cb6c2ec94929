/** Parts that every report has. */
import type { DocumentBlock } from '#console/document-plan.ts'
import type { CannotNotice, FigureTable } from '#console/report-views.ts'
import { figures } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'
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

/** Up to this many are read in a sentence; more stand one below the other. */
const IN_SENTENCE_MAX = 3

/** What boxes cannot notice; nothing where every theme has a list. */
export function cannotBlocks({ lead, themes }: CannotNotice): readonly DocumentBlock[] {
  if (themes.length === 0) return []
  if (themes.length > IN_SENTENCE_MAX)
    return [
      { kind: 'text', tone: 'notice', text: lead },
      { kind: 'list', items: themes, isShort: true },
    ]
  const text = fill(figures.cannotText, { lead, themes: themes.join(', ') })
  return [{ kind: 'text', tone: 'notice', text }]
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
