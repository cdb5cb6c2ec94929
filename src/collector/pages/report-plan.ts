import type { DocumentPlan } from '#console/document-plan.ts'
import { common } from '#console/words/common.ts'
import { digest } from '#console/words/digest.ts'
import { report as words } from '#console/words/report.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PageContext } from './page-context.ts'
import { paperTime } from './paper-time.ts'
import { LIMITS, tableBlock } from './report-blocks.ts'
import { reportPage } from './report-page.ts'
import { frameOf } from './review-page.ts'

/** The half-term report to be printed; undefined where the days make no sense. It names nobody. */
export async function reportPlan(
  context: PageContext,
  viewer: Viewer,
  asked: unknown,
): Promise<DocumentPlan | undefined> {
  const report = await reportPage({ ...context, time: paperTime(context.time) }, asked)
  const { problem, isSimulated, opened, decisions, answered, precision } = report
  if (problem !== undefined) return undefined
  const [fromMs, toMs] = [Date.parse(report.from.iso), Date.parse(report.to.iso) + 1]
  const { cannotNotice } = report
  return {
    title: words.paperTitle,
    ...frameOf(context, viewer, { fromMs, toMs }),
    blocks: [
      ...(isSimulated ? [{ kind: 'text', tone: 'notice', text: words.simulated } as const] : []),
      { kind: 'heading', text: words.alerts },
      tableBlock(opened, common.ifNone),
      tableBlock(decisions, common.ifNone),
      tableBlock(answered, words.answered.ifNone),
      tableBlock(precision, words.right.ifNone),
      { kind: 'heading', text: digest.noticed },
      { kind: 'facts', facts: report.coverage },
      ...(cannotNotice === ''
        ? []
        : [{ kind: 'text', tone: 'notice', text: cannotNotice } as const]),
      ...LIMITS,
    ],
  }
}
