/** Figures of alerts as whoever reads them is told: exactly, or without numbers so small that they may point at a pupil. */
import { THEMES, type ThemeId } from '#rules/themes.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import { isFalsePositive } from '../alerts/decision.ts'
import type { AlertFigures } from '../reports/alert-figures.ts'
import { exactly, fewHidden, hideFew, sumOf, sumOfWays, type Told } from './small-numbers.ts'

export type Telling = 'exact' | 'few-hidden'

export interface ToldTheme {
  readonly theme: ThemeId
  readonly opened: Told
  readonly concern: Told
  readonly noConcern: Told
  readonly wrong: Told
}

export interface ToldFigures {
  readonly telling: Telling
  readonly opened: Told
  /** In the order in which themes stand everywhere; those without any are left out. */
  readonly themes: readonly ToldTheme[]
  /** The gravest first. */
  readonly severities: readonly { readonly severity: Severity; readonly opened: Told }[]
  readonly merged: Told
  /** Now, whenever opened. */
  readonly open: Told
  readonly unseen: Told
}

/**
 * All at once, since each stands on the same paper as the others. How many of a severity were looked at and closed is no part of it: these
 * are told exactly or not at all.
 */
export function tellFigures(alerts: AlertFigures, telling: Telling): ToldFigures {
  const themes = themeCounts(alerts)
  const severities = SEVERITIES.flatMap((severity) => {
    const own = alerts.opened.filter((one) => one.severity === severity)
    return own.length === 0 ? [] : [{ severity, opened: sum(own) }]
  })
  const byTheme = themes.map(({ opened }) => opened)
  const bySeverity = severities.map(({ opened }) => opened)
  const byEnd = [
    ...themes.flatMap(({ concern, noConcern, wrong }) => [concern, noConcern, wrong]),
    alerts.merged,
    alerts.open,
  ]
  const hide = telling === 'exact' ? exactWays : hideFew
  // Where a school began in this time, what became of alerts is one more way to tell what was opened.
  const isOneMore = total(byEnd) === total(byTheme)
  const ways = hide([byTheme, bySeverity, ...(isOneMore ? [byEnd] : [])])
  const [toldThemes = [], toldSeverities = []] = ways
  const ends = ways[2] ?? hide([byEnd])[0] ?? []
  const end = (index: number): Told => ends[index] ?? exactly(0)
  const unseen = sum(alerts.unacknowledged)
  return {
    telling,
    opened: sumOfWays(ways),
    themes: themes.map(({ theme }, index) => ({
      theme,
      opened: toldThemes[index] ?? exactly(0),
      concern: end(3 * index),
      noConcern: end(3 * index + 1),
      wrong: end(3 * index + 2),
    })),
    severities: severities.map(({ severity }, index) => ({
      severity,
      opened: toldSeverities[index] ?? exactly(0),
    })),
    merged: end(3 * themes.length),
    open: end(3 * themes.length + 1),
    unseen: telling === 'exact' ? exactly(unseen) : fewHidden(unseen),
  }
}

/** What alerts of themes were closed as, whichever. */
export function closedIn(themes: readonly ToldTheme[]): Told {
  return sumOf(themes.flatMap(({ concern, noConcern, wrong }) => [concern, noConcern, wrong]))
}

function themeCounts({ opened, decisions }: Pick<AlertFigures, 'opened' | 'decisions'>): readonly {
  readonly theme: ThemeId
  readonly opened: number
  readonly concern: number
  readonly noConcern: number
  readonly wrong: number
}[] {
  return THEMES.map(({ id }) => {
    const closed = decisions.filter(({ theme }) => theme === id)
    return {
      theme: id,
      opened: sum(opened.filter(({ theme }) => theme === id)),
      concern: sum(closed.filter(({ decision }) => decision === 'concern')),
      noConcern: sum(closed.filter(({ decision }) => decision === 'no-concern')),
      wrong: sum(closed.filter(({ decision }) => isFalsePositive(decision))),
    }
  }).filter((one) => one.opened + one.concern + one.noConcern + one.wrong > 0)
}

function exactWays(ways: readonly (readonly number[])[]): readonly (readonly Told[])[] {
  return ways.map((way) => way.map(exactly))
}

function sum(rows: readonly { readonly count: number }[]): number {
  return total(rows.map(({ count }) => count))
}

function total(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0)
}
