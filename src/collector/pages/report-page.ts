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
import { type Telling, tellFigures } from './told-figures.ts'

const DAY_MS = 86_400_000
/** About half a term. */
const USUAL_MS = 6 * 7 * DAY_MS

/** Who works with alerts is told every number; whoever else, and paper, none that may point at a pupil. */
export function tellingFor(viewer: Viewer): Telling {
  return queuesOf(viewer).includes('safeguarding') ? 'exact' : 'few-hidden'
}

/** What governors are given: counts, and no name. Days begin and end as the school's clocks do. */
export async function reportPage(
  context: PageContext,
  telling: Telling,
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
  const told = tellFigures(alerts, telling)
  return {
    view: 'report',
    from: { ...time.at(fromMs, nowMs), after: time.date(fromMs) },
    to: { ...time.at(toMs - 1, nowMs), after: time.date(toMs - 1) },
    fromDay,
    toDay,
    problem,
    isSimulated: alerts.isSimulated,
    inShort: inShort(context, report, { days, told, wording }),
    // A week of a theme is one pupil's more often than not.
    weeks: telling === 'exact' ? weekCharts(alerts.openedByWeek, span, time) : undefined,
    outcome: outcomeTable(told),
    answered: answeredTable(alerts, told),
    notes: figureNotes(context, span, telling),
    asOf: fill(figures.asOf, { date: time.date(nowMs) }),
    coverage: coverageFacts(coverage, wording),
    boxDays: boxDaysTable(days, wording),
    cannotNotice: cannotOf(coverage),
  }
}
