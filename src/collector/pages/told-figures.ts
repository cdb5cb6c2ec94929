/** Figures of alerts as whoever reads them is told: exactly, or without numbers so small that they may point at a pupil. */
import type { ThemeId } from '#rules/themes.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { AlertFigures } from '../reports/alert-figures.ts'
import { countFigures } from './counted-figures.ts'
import { exactFigures, hiddenFigures } from './hidden-figures.ts'
import { exactly, sumOf, type Told } from './told.ts'

const NOTHING = exactly(0)

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
  /** Of all themes. */
  readonly closed: { readonly concern: Told; readonly noConcern: Told; readonly wrong: Told }
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
  const counted = countFigures(alerts)
  const told = telling === 'exact' ? exactFigures(counted) : hiddenFigures(counted)
  const { themes, severities } = counted
  const [concern = NOTHING, noConcern = NOTHING, wrong = NOTHING] = told.sums
  return {
    telling,
    opened: told.opened,
    closed: { concern, noConcern, wrong },
    themes: themes.map(({ theme }, index) => ({
      theme,
      opened: told.byTheme[index] ?? NOTHING,
      concern: told.columns[0]?.[index] ?? NOTHING,
      noConcern: told.columns[1]?.[index] ?? NOTHING,
      wrong: told.columns[2]?.[index] ?? NOTHING,
    })),
    severities: severities.map(({ severity }, index) => ({
      severity,
      opened: told.bySeverity[index] ?? NOTHING,
    })),
    merged: told.merged,
    open: told.open,
    unseen: told.unseen,
  }
}

/** What alerts were closed as, whichever. */
export function closedIn({ concern, noConcern, wrong }: ToldFigures['closed']): Told {
  return sumOf([concern, noConcern, wrong])
}
