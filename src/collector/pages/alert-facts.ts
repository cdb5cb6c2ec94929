import type { AlertFacts } from '#console/present/alert-item.ts'
import { themeTitle } from '#rules/themes.ts'
import type { CountedAlert } from '../alerts/alert-list.ts'

/** An alert as it is put into words. */
export function factsOf(record: CountedAlert): AlertFacts {
  const { theme, reasons } = record
  return {
    ...record,
    themeTitle: themeTitle(theme),
    isIllegal: theme === 'illegal',
    site: reasons.site,
  }
}
