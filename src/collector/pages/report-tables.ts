/** What stands in the half-term report and in the yearly review: alerts by theme and by severity, and the days that boxes told of. */
import { capital } from '#console/present/alert-words.ts'
import { plainText } from '#console/present/plain-text.ts'
import { plainDuration } from '#console/present/plain-time.ts'
import type { Wording } from '#console/present/wording.ts'
import type { FigureTable } from '#console/report-views.ts'
import { common } from '#console/words/common.ts'
import { figures } from '#console/words/figures.ts'
import { fill } from '#console/words/fill.ts'
import { report as words } from '#console/words/report.ts'
import { THEMES, themeTitle } from '#rules/themes.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { isFalsePositive } from '../alerts/decision.ts'
import type { AlertFigures, Span } from '../reports/alert-figures.ts'
import type { BoxDays } from '../reports/box-days.ts'
import type { PageContext } from './page-context.ts'
import { severityText } from './report-facts.ts'
import type { Numbers } from './small-numbers.ts'

/** By theme: opened, and what those were that were closed. */
export function outcomeTable(
  { opened, decisions }: Pick<AlertFigures, 'opened' | 'decisions'>,
  numbers: Numbers,
): FigureTable {
  const rows = THEMES.map(({ id }) => {
    const closed = decisions.filter(({ theme }) => theme === id)
    return {
      title: capital(themeTitle(id)),
      opened: sum(opened.filter(({ theme }) => theme === id)),
      concern: sum(closed.filter(({ decision }) => decision === 'concern')),
      noConcern: sum(closed.filter(({ decision }) => decision === 'no-concern')),
      wrong: sum(closed.filter(({ decision }) => isFalsePositive(decision))),
      closed: sum(closed),
    }
  }).filter((row) => row.opened + row.closed > 0)
  const all = (column: 'opened' | 'closed' | 'concern' | 'noConcern' | 'wrong'): string =>
    numbers.total(rows.map((row) => row[column]))
  const { outcome } = words
  return {
    caption: outcome.caption,
    heads: [
      common.theme,
      outcome.opened,
      outcome.closed,
      outcome.concern,
      outcome.noConcern,
      outcome.wrong,
    ],
    rows:
      rows.length === 0
        ? []
        : [
            ...rows.map(({ title, opened: count, concern, noConcern, wrong }) => [
              title,
              numbers.one(count),
              numbers.total([concern, noConcern, wrong]),
              ...[concern, noConcern, wrong].map(numbers.one),
            ]),
            [
              figures.allThemes,
              all('opened'),
              all('closed'),
              all('concern'),
              all('noConcern'),
              all('wrong'),
            ],
          ],
  }
}

/** By severity, of those that were opened: how many somebody looked at and closed, and how soon. */
export function answeredTable(
  { answered }: Pick<AlertFigures, 'answered'>,
  numbers: Numbers,
): FigureTable {
  const { answered: own } = words
  return {
    caption: own.caption,
    heads: [common.severity, own.opened, own.acknowledged, own.half, own.closed, own.half],
    rows: SEVERITIES.flatMap((severity) => answered.filter((one) => one.severity === severity)).map(
      (one) => [
        severityText(one.severity),
        numbers.one(one.opened),
        numbers.one(one.acknowledged),
        durationText(one.acknowledgedAfterMs),
        numbers.one(one.closed),
        durationText(one.closedAfterMs),
      ],
    ),
  }
}

/** What has to be known to read the figures. */
export function figureNotes(
  { limits, clock, time }: Pick<PageContext, 'limits' | 'clock' | 'time'>,
  { fromMs }: Pick<Span, 'fromMs'>,
  { isExact }: Numbers,
): readonly string[] {
  const keptFromMs = clock.wallMs() - limits.alerts.lowKeptMs
  return [
    words.notes.closed,
    ...(isExact ? [] : [words.notes.few]),
    ...(fromMs >= keptFromMs ? [] : [fill(words.notes.low, { date: time.date(keptFromMs) })]),
  ]
}

/** Of the days of a span that are over, on how many each box told nothing. */
export function boxDaysOf(
  { reports, tenant, time }: Pick<PageContext, 'reports' | 'tenant' | 'time'>,
  { fromMs, toMs }: Pick<Span, 'fromMs' | 'toMs'>,
  nowMs: number,
): BoxDays {
  const starts = [fromMs]
  const first = time.dayText(fromMs)
  for (let at = time.dayStartMs(first, 1); at !== undefined && at <= Math.min(toMs, nowMs); ) {
    starts.push(at)
    at = time.dayStartMs(first, starts.length)
  }
  return reports.boxDays(tenant, starts)
}

export function boxDaysTable({ boxes, isCut }: BoxDays, { time, boxName }: Wording): FigureTable {
  const { days } = words
  return {
    caption: isCut ? days.captionCut : days.caption,
    heads: [days.box, days.told, days.silent, days.longest],
    rows: boxes
      .toSorted((a, b) => boxName(a.appliance).localeCompare(boxName(b.appliance), 'en-GB'))
      .map((one) => [
        plainText(boxName(one.appliance), 80),
        one.days === 0 ? common.notKnown : String(one.days - one.silent),
        one.days === 0 ? common.notKnown : String(one.silent),
        one.longest === undefined
          ? days.never
          : fill(days.fromTo, {
              from: time.date(one.longest.fromMs),
              to: time.date(one.longest.toMs - 1),
            }),
      ]),
  }
}

/** How long people took; nothing where none did. */
function durationText(ms: number | undefined): string {
  return ms === undefined ? words.answered.nobody : plainDuration(ms)
}

function sum(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0)
}
