/** Figures of reports, and the pages that are reports. */
export const figures = {
  label: 'Reports',
  byWeek: 'Alerts opened, by theme and {step}',
  byWeekHint: 'Weeks begin on Monday. Each drawing has a scale of its own.',
  inFigures: 'The same in figures',
  allThemes: 'All themes',
  noBlind:
    'Every theme has at least one list, as far as boxes have reported. No list is ever complete.',
} as const
