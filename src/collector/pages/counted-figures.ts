/** Figures of alerts as they are counted on papers: by theme, by severity, and by what became of them. */
import { THEMES, type ThemeId } from '#rules/themes.ts'
import { SEVERITIES, type Severity } from '#safeguarding/severity.ts'
import { isFalsePositive } from '../alerts/decision.ts'
import type { AlertFigures } from '../reports/alert-figures.ts'

export interface CountedFigures {
  /** In the order in which themes stand everywhere; those without any are left out. */
  readonly themes: readonly { readonly theme: ThemeId; readonly opened: number }[]
  /** The gravest first. */
  readonly severities: readonly { readonly severity: Severity; readonly opened: number }[]
  /** Of each theme, what was closed: as a concern, as none, as a false alarm. */
  readonly columns: readonly (readonly number[])[]
  readonly merged: number
  readonly open: number
  readonly unseen: number
}

export function countFigures(alerts: AlertFigures): CountedFigures {
  const { opened, decisions, unacknowledged, merged, open } = alerts
  const themes = THEMES.map(({ id }) => {
    const closed = decisions.filter(({ theme }) => theme === id)
    return {
      theme: id,
      opened: sum(opened.filter(({ theme }) => theme === id)),
      concern: sum(closed.filter(({ decision }) => decision === 'concern')),
      noConcern: sum(closed.filter(({ decision }) => decision === 'no-concern')),
      wrong: sum(closed.filter(({ decision }) => isFalsePositive(decision))),
    }
  }).filter((one) => one.opened + one.concern + one.noConcern + one.wrong > 0)
  return {
    themes,
    severities: SEVERITIES.map((severity) => ({
      severity,
      opened: sum(opened.filter((one) => one.severity === severity)),
    })).filter((one) => one.opened > 0),
    columns: [
      themes.map(({ concern }) => concern),
      themes.map(({ noConcern }) => noConcern),
      themes.map(({ wrong }) => wrong),
    ],
    merged,
    open,
    unseen: sum(unacknowledged),
  }
}

function sum(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0)
}
