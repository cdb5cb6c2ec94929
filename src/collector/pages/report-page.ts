import { capital } from '#console/present/alert-words.ts'
import { plainDuration } from '#console/present/plain-time.ts'
import type { FigureTable, ReportView } from '#console/report-views.ts'
import { common } from '#console/words/common.ts'
import { report as words } from '#console/words/report.ts'
import { THEMES, themeTitle } from '#rules/themes.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import type { ThemePrecision } from '../alerts/learning.ts'
import type { AlertFigures } from '../reports/alert-figures.ts'
import { boxesOf, type PageContext, wordingOf } from './page-context.ts'
import {
  cannotText,
  coverageFacts,
  decisionsTable,
  openedTable,
  percent,
  severityText,
} from './report-facts.ts'
import { reportSpan } from './report-span.ts'
import { weekCharts } from './report-weeks.ts'

const DAY_MS = 86_400_000
/** About half a term. */
const USUAL_MS = 6 * 7 * DAY_MS

/** What governors are given: counts, and no name. Days begin and end as the school's clocks do. */
export async function reportPage(context: PageContext, asked: unknown): Promise<ReportView> {
  const { reports, tenant, time } = context
  const wording = wordingOf(context, boxesOf(context))
  const { nowMs } = wording
  const { fromDay, toDay, fromMs, toMs, problem, span } = reportSpan(asked, {
    tenant,
    nowMs,
    time,
    usualMs: USUAL_MS,
  })
  const { alerts, precision, coverage } = reports.halfTerm(span, nowMs)
  return {
    view: 'report',
    from: time.at(fromMs, nowMs),
    to: time.at(toMs - 1, nowMs),
    fromDay,
    toDay,
    problem,
    isSimulated: alerts.isSimulated || precision.some((one) => one.isSimulated),
    weeks: weekCharts(alerts.openedByWeek, span, time),
    opened: openedTable(alerts),
    decisions: decisionsTable(alerts),
    answered: answeredTable(alerts),
    precision: precisionTable(precision),
    coverage: coverageFacts(coverage, wording),
    cannotNotice: cannotText(coverage),
  }
}

/** How soon people acknowledged and closed, by severity. */
export function answeredTable({ answered }: AlertFigures): FigureTable {
  return {
    caption: words.answered.caption,
    heads: [common.severity, words.answered.acknowledged, words.answered.closed],
    rows: SEVERITIES.flatMap((severity) => answered.filter((one) => one.severity === severity)).map(
      (one) => [
        severityText(one.severity),
        spanText(one.acknowledgedAfterMs),
        spanText(one.closedAfterMs),
      ],
    ),
  }
}

/** By theme: how often what was closed was a concern. */
export function precisionTable(precision: readonly ThemePrecision[]): FigureTable {
  return {
    caption: words.right.caption,
    heads: [
      common.theme,
      words.right.closed,
      words.right.concern,
      words.right.wrong,
      words.right.share,
    ],
    rows: THEMES.flatMap(({ id }) => {
      const own = precision.filter(({ theme }) => theme === id)
      const labels = sum(own, (one) => one.labels)
      if (labels === 0) return []
      const concerns = sum(own, (one) => one.concerns)
      const wrong = sum(own, (one) => one.falsePositives)
      const share = percent(concerns / labels)
      return [[capital(themeTitle(id)), String(labels), String(concerns), String(wrong), share]]
    }),
  }
}

function sum(rows: readonly ThemePrecision[], of: (row: ThemePrecision) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}

/** How long people took; nothing where none did. */
function spanText(ms: number | undefined): string {
  return ms === undefined ? words.answered.nobody : plainDuration(ms)
}
