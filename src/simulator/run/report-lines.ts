/** A run as lines for a person. Every figure is labelled: nothing here was ever measured at a school. */

import { localText } from '#rules/local-time.ts'
import { themeTitle } from '#rules/themes.ts'
import { TIMETABLE } from '../school/school-year.ts'
import { type AlertSeen, gravest, isAbove } from './alert-book.ts'
import { type Bar, isInTime, perThousand, type Size } from './bars.ts'
import type { Figures } from './figures.ts'
import type { ExpectationOutcome, Outcome } from './outcome.ts'

/** Alerts shown of the school's own life, the gravest themes first; the rest is counted. */
const SHOWN_MAX = 20

export interface Report {
  readonly outcome: Outcome
  readonly figures: Figures
  readonly bars: readonly Bar[]
  readonly size: Size
  readonly lookups: number
  readonly shipped: number
}

export function reportLines(report: Report): readonly string[] {
  const { outcome, figures, bars, size, lookups, shipped } = report
  const { items, itemsOfBackground, lowOfBackground } = figures
  const { interruptions, interruptionsOfBackground } = figures
  return [
    `SIMULATED figures, of made-up names and people: ${size.weeks.toFixed(1)} weeks, ${size.schoolDays} school days, ${size.pupils} pupils`,
    `simulated  ${lookups} lookups, ${shipped} revisions of events shipped`,
    `simulated  items for the safeguarding lead per 1,000 pupils a school day: ${perThousand(items, size).toFixed(2)}, of background and curriculum ${perThousand(itemsOfBackground, size).toFixed(2)}, and ${perThousand(lowOfBackground, size).toFixed(2)} Low ones for the weekly digest`,
    `simulated  interruptions (High or above) a week: ${(interruptions / Math.max(1, size.weeks)).toFixed(2)}, of background and curriculum ${(interruptionsOfBackground / Math.max(1, size.weeks)).toFixed(2)}`,
    '',
    ...themeLines(figures),
    '',
    ...outcome.stories.flatMap(({ story, expectations, tooMuch }) => [
      ...(expectations.length === 0 && story.expect.length === 0
        ? [`simulated  ${story.id}: expects nothing, ${tooMuch.length} raised beyond that`]
        : expectations.map(expectationLine)),
      ...tooMuch.map((alert) => `simulated    raised falsely: ${alertText(alert)}`),
    ]),
    '',
    ...backgroundLines(outcome),
    '',
    ...bars.map(({ isHeld, text }) => `simulated  ${isHeld ? 'held  ' : 'FAILED'}  ${text}`),
  ]
}

function themeLines({ themes }: Figures): readonly string[] {
  return [...themes]
    .filter(([, { right, wrong, expected }]) => right + wrong + expected > 0)
    .map(([theme, { right, wrong, expected, met }]) => {
      const precision = right + wrong === 0 ? '   -' : percent(right / (right + wrong))
      const recall = expected === 0 ? '   -' : percent(met / expected)
      return `simulated  ${theme.padEnd(17)} precision ${precision} (${right} right, ${wrong} wrong), recall ${recall} (${met} of ${expected})`
    })
}

function expectationLine(one: ExpectationOutcome): string {
  const { story, expectation, alert, afterMs, isRightQueue } = one
  const { theme, severity, told } = expectation
  const wanted = `${story}: ${theme} ${severity} to ${told}`
  if (!alert) return `simulated  MISSED  ${wanted}: no alert at all`
  if (afterMs === undefined)
    return `simulated  MISSED  ${wanted}: no graver than ${gravest(alert)}, by ${alert.rules.join(', ')}`
  const when =
    afterMs < 0 ? 'before the deciding lookup' : `${(afterMs / 1000).toFixed(1)} s after it`
  const wrong = isRightQueue ? '' : `, but told to ${alert.queue}`
  return `simulated  ${isInTime(one) ? 'raised' : 'LATE  '}  ${wanted}: ${when}${wrong}, by ${alert.rules.join(', ')}`
}

function backgroundLines({ background }: Outcome): readonly string[] {
  const above = background.filter((alert) => isAbove(gravest(alert), 'low'))
  const counts = new Map<string, number>()
  for (const alert of background) {
    const key = `${alert.queue} ${alert.theme} ${gravest(alert)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const left = above.length - SHOWN_MAX
  return [
    ...[...counts]
      .toSorted(([, a], [, b]) => b - a)
      .map(([key, count]) => `simulated  background and curriculum: ${count} times ${key}`),
    ...above.slice(0, SHOWN_MAX).map((alert) => `simulated    raised falsely: ${alertText(alert)}`),
    ...(left > 0 ? [`simulated    and ${left} more`] : []),
  ]
}

function alertText(alert: AlertSeen): string {
  const { subject, theme, openedMs, queue, rules, site } = alert
  const who =
    subject.kind === 'person'
      ? subject.user
      : subject.kind === 'device'
        ? `device ${subject.id}`
        : subject.kind
  const at = localText(TIMETABLE.zone, openedMs)
  const where = site === undefined ? '' : ` at ${site}`
  return `${gravest(alert)}, ${themeTitle(theme)}, ${who}${where}, to ${queue}, ${at}, by ${rules.join(', ')}`
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`.padStart(5)
}
