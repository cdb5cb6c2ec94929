import type { DocumentPlan } from '#console/document-plan.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PageContext } from './page-context.ts'
import { paperTime } from './paper-time.ts'
import { reportPage } from './report-page.ts'
import { LIMITS, tableBlock } from './review-blocks.ts'
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
    title: 'Half-term report on filtering and monitoring',
    ...frameOf(context, viewer, { fromMs, toMs }),
    blocks: [
      ...(isSimulated
        ? [
            {
              kind: 'text',
              tone: 'notice',
              text: 'Simulated: some of it was made by a simulator.',
            } as const,
          ]
        : []),
      { kind: 'heading', text: 'Alerts' },
      tableBlock(opened, 'None.'),
      tableBlock(decisions, 'None.'),
      tableBlock(answered, 'No alert was opened.'),
      tableBlock(precision, 'No alert was closed.'),
      { kind: 'heading', text: 'Whether it would be noticed' },
      { kind: 'facts', facts: report.coverage },
      ...(cannotNotice === ''
        ? []
        : [{ kind: 'text', tone: 'notice', text: cannotNotice } as const]),
      ...LIMITS,
    ],
  }
}
