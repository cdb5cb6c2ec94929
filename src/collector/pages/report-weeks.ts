import { capital } from '#console/present/alert-words.ts'
import type { PlainTime } from '#console/present/plain-time.ts'
import { type WeekCharts, weekPoints } from '#console/present/week-bars.ts'
import { common } from '#console/words/common.ts'
import { countOf } from '#console/words/count-of.ts'
import { counts as words } from '#console/words/counts.ts'
import { fill } from '#console/words/fill.ts'
import { report } from '#console/words/report.ts'
import { THEMES, themeTitle } from '#rules/themes.ts'
import { WEEK_MS, weekOf } from '../alerts/learning.ts'
import type { Span, WeekCount } from '../reports/alert-figures.ts'

/** With more, a bar stands for four weeks, so that bars can be told apart and the table fits a page. */
const WEEKS_SHOWN_MAX = 14

/** Alerts opened by theme and week; undefined where there was none. */
export function weekCharts(
  counts: readonly WeekCount[],
  { fromMs, toMs }: Pick<Span, 'fromMs' | 'toMs'>,
  time: PlainTime,
): WeekCharts | undefined {
  if (counts.length === 0) return undefined
  const first = weekOf(fromMs)
  const weeks = Math.floor((weekOf(toMs - 1) - first) / WEEK_MS) + 1
  const each = weeks > WEEKS_SHOWN_MAX ? 4 : 1
  const names = Array.from({ length: Math.ceil(weeks / each) }, (_, index) =>
    time.shortDate(first + index * each * WEEK_MS),
  )
  const rows = THEMES.flatMap(({ id }) => {
    const own = counts.filter(({ theme }) => theme === id)
    if (own.length === 0) return []
    const values = names.map(() => 0)
    for (const { week, count } of own) {
      const at = Math.floor((week - first) / (each * WEEK_MS))
      values[at] = (values[at] ?? 0) + count
    }
    return [{ title: capital(themeTitle(id)), values, all: sum(values) }]
  })
  const step = each === 1 ? report.weeks.week : report.weeks.fourWeeks
  return {
    bars: rows.map(({ title, values, all }) => ({
      title,
      total: countOf(all, words.alerts),
      points: weekPoints(names, [{ label: report.weeks.opened, values }]),
    })),
    step,
    table: {
      caption: fill(report.weeks.caption, { step }),
      heads: [common.theme, ...names, common.all],
      rows: rows.map(({ title, values, all }) => [title, ...values.map(figure), figure(all)]),
    },
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0)
}

function figure(count: number): string {
  return count.toLocaleString('en-GB')
}
