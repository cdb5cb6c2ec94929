import type { ReportView } from '#console/report-views.ts'
import { figures } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'
import { queuesOf } from '../accounts/scope.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { inShort } from './in-short.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import { cannotOf, coverageFacts } from './report-facts.ts'
import { reportSpan } from './report-span.ts'
import {
  answeredTable,
  boxDaysOf,
  boxDaysTable,
  figureNotes,
  outcomeTable,
} from './report-tables.ts'
import { weekCharts } from './report-weeks.ts'
import { EXACT, FEW_HIDDEN, type Numbers } from './small-numbers.ts'

const DAY_MS = 86_400_000
/** About half a term. */
const USUAL_MS = 6 * 7 * DAY_MS

/** Who works with alerts is told every number; whoever else, and paper, none that may point at a pupil. */
export function numbersFor(viewer: Viewer): Numbers {
  return queuesOf(viewer).includes('safeguarding') ? EXACT : FEW_HIDDEN
}

/** What governors are given: counts, and no name. Days begin and end as the school's clocks do. */
export async function reportPage(
  context: PageContext,
  numbers: Numbers,
  asked: unknown,
): Promise<ReportView> {
  const { reports, tenant, time } = context
  const wording = wordingOf(context, boxesOf(context))
  const { nowMs } = wording
  const { fromDay, toDay, fromMs, toMs, problem, span } = reportSpan(asked, {
    tenant,
    nowMs,
    time,
    usualMs: USUAL_MS,
  })
  const report = reports.halfTerm(span, nowMs)
  const { alerts, coverage } = report
  const days = boxDaysOf(context, span, nowMs)
  return {
    view: 'report',
    from: { ...time.at(fromMs, nowMs), after: time.date(fromMs) },
    to: { ...time.at(toMs - 1, nowMs), after: time.date(toMs - 1) },
    fromDay,
    toDay,
    problem,
    isSimulated: alerts.isSimulated,
    inShort: inShort(context, report, { days, numbers, wording }),
    // A week of a theme is one pupil's more often than not.
    weeks: numbers.isExact ? weekCharts(alerts.openedByWeek, span, time) : undefined,
    outcome: outcomeTable(alerts, numbers),
    answered: answeredTable(alerts, numbers),
    notes: figureNotes(context, span, numbers),
    asOf: fill(figures.asOf, { date: time.date(nowMs) }),
    coverage: coverageFacts(coverage, wording),
    boxDays: boxDaysTable(days, wording),
    cannotNotice: cannotOf(coverage),
  }
}
