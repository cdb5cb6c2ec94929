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
import { themeTitle } from '#rules/themes.ts'
import type { AlertFigures, Span } from '../reports/alert-figures.ts'
import type { BoxDays } from '../reports/box-days.ts'
import type { PageContext } from './page-context.ts'
import { severityText } from './report-facts.ts'
import { exactly, type Told, toldText } from './told.ts'
import { closedIn, type Telling, type ToldFigures } from './told-figures.ts'

/** By theme: opened, and what those were that were closed. Where small numbers are hidden, no sum of a row stands beside its parts. */
export function outcomeTable({ themes, opened, closed, telling }: ToldFigures): FigureTable {
  const { outcome } = words
  const [closedHeads, closedOf] =
    telling === 'exact'
      ? [[outcome.closed, outcome.concern, outcome.noConcern, outcome.wrong], allAndEach]
      : [[outcome.closedConcern, outcome.closedNoConcern, outcome.closedWrong], each]
  return {
    caption: telling === 'exact' ? outcome.caption : outcome.captionFew,
    heads: [common.theme, outcome.opened, ...closedHeads],
    rows:
      themes.length === 0
        ? []
        : [
            ...themes.map((one) => [
              capital(themeTitle(one.theme)),
              ...[one.opened, ...closedOf(one)].map(toldText),
            ]),
            [figures.allThemes, ...[opened, ...closedOf(closed)].map(toldText)],
          ],
  }
}

function allAndEach(closed: ToldFigures['closed']): readonly Told[] {
  return [closedIn(closed), ...each(closed)]
}

function each({ concern, noConcern, wrong }: ToldFigures['closed']): readonly Told[] {
  return [concern, noConcern, wrong]
}

/**
 * By severity, of those that were opened: how many somebody looked at and closed, and how soon. Where small numbers are hidden, only how
 * soon: "4 of 5" would tell of the fifth.
 */
export function answeredTable(
  { answered }: Pick<AlertFigures, 'answered'>,
  { severities, telling }: ToldFigures,
): FigureTable {
  const { answered: own } = words
  const isTold = telling === 'exact'
  return {
    caption: isTold ? own.caption : own.captionFew,
    heads: isTold
      ? [common.severity, own.opened, own.acknowledged, own.half, own.closed, own.half]
      : [common.severity, own.opened, own.halfAcknowledged, own.halfClosed],
    rows: severities.flatMap(({ severity, opened }) =>
      answered
        .filter((one) => one.severity === severity)
        .map((one) => [
          severityText(severity),
          toldText(opened),
          ...(isTold ? [toldText(exactly(one.acknowledged))] : []),
          durationText(one.acknowledgedAfterMs),
          ...(isTold ? [toldText(exactly(one.closed))] : []),
          durationText(one.closedAfterMs),
        ]),
    ),
  }
}

/** What has to be known to read the figures. */
export function figureNotes(
  { limits, clock, time }: Pick<PageContext, 'limits' | 'clock' | 'time'>,
  { fromMs }: Pick<Span, 'fromMs'>,
  telling: Telling,
): readonly string[] {
  const keptFromMs = clock.wallMs() - limits.alerts.lowKeptMs
  return [
    words.notes.closed,
    ...(telling === 'exact' ? [] : [words.notes.few]),
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
          ? neverOf(one)
          : fill(days.fromTo, {
              from: time.date(one.longest.fromMs),
              to: time.date(one.longest.toMs - 1),
            }),
      ]),
  }
}

/** Of a box that never reported nothing is known. */
function neverOf({ days }: BoxDays['boxes'][number]): string {
  return days === 0 ? common.notKnown : words.days.never
}

/** How long people took; nothing where none did. */
function durationText(ms: number | undefined): string {
  return ms === undefined ? words.answered.nobody : plainDuration(ms)
}
