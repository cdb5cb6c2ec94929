import type { DocumentPlan } from '#console/document-plan.ts'
import { digest } from '#console/words/digest.ts'
import { figures } from '#console/words/figures.ts'
import { inShort } from '#console/words/in-short.ts'
import { report as words } from '#console/words/report.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PageContext } from './page-context.ts'
import { paperTime } from './paper-time.ts'
import { cannotBlocks, LIMITS, tableBlock } from './report-blocks.ts'
import { reportPage } from './report-page.ts'
import { frameOf } from './review-page.ts'

/** The half-term report to be printed; undefined where the days make no sense. It names nobody. */
export async function reportPlan(
  context: PageContext,
  viewer: Viewer,
  asked: unknown,
): Promise<DocumentPlan | undefined> {
  const report = await reportPage(
    { ...context, time: paperTime(context.time) },
    'few-hidden',
    asked,
  )
  const { problem, isSimulated, outcome, answered, notes } = report
  if (problem !== undefined) return undefined
  const [fromMs, toMs] = [Date.parse(report.from.iso), Date.parse(report.to.iso) + 1]
  return {
    title: words.paperTitle,
    ...frameOf(context, viewer, { fromMs, toMs }),
    blocks: [
      ...(isSimulated ? [{ kind: 'text', tone: 'notice', text: words.simulated } as const] : []),
      { kind: 'heading', text: inShort.heading },
      { kind: 'list', items: report.inShort },
      { kind: 'heading', text: words.alerts },
      tableBlock(outcome, words.outcome.ifNone),
      tableBlock(answered, words.answered.ifNone),
      ...notes.map((text) => ({ kind: 'text', tone: 'quiet', text }) as const),
      { kind: 'heading', text: digest.noticed },
      { kind: 'text', tone: 'quiet', text: report.asOf },
      { kind: 'facts', facts: report.coverage },
      tableBlock(report.boxDays, figures.noBoxes),
      ...cannotBlocks(report.cannotNotice),
      ...LIMITS,
    ],
  }
}
