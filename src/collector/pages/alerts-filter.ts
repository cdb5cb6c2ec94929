import type { AlertsFilterView } from '#console/alert-views.ts'
import { capital, stateWords } from '#console/present/alert-words.ts'
import { editableText, plainText } from '#console/present/plain-text.ts'
import { severityBadge } from '#console/present/severity-badge.ts'
import { alerts as words } from '#console/words/alerts.ts'
import { common } from '#console/words/common.ts'
import { THEMES, themeTitle } from '#rules/themes.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { type AlertsQuery, alertsHref, NOBODY, STATE_CHOICES } from './alerts-query.ts'
import { choices, groupText } from './filter-choices.ts'

/** The filter form as it stands, and what of it is chosen. */
export function alertsFilterView(
  query: AlertsQuery,
  assignees: readonly string[],
): AlertsFilterView {
  return {
    severities: choices(SEVERITIES, query.severity, severityText),
    themes: choices(
      THEMES.map(({ id }) => id),
      query.theme,
      themeText,
    ),
    states: STATE_CHOICES.map((value) => ({
      value,
      text: stateText(value),
      selected: value === query.state,
    })),
    assignees: choices([NOBODY, ...assignees], query.assigned, assigneeText),
    text: editableText(query.text),
    chosen: chosenOf(query),
  }
}

function chosenOf(query: AlertsQuery): AlertsFilterView['chosen'] {
  const { severity, theme, state, assigned, text } = query
  const fields = [
    {
      heading: common.severity,
      value: severity,
      text: severityText(severity),
      without: 'severity',
    },
    { heading: common.theme, value: theme, text: themeText(theme), without: 'theme' },
    {
      heading: words.assignedTo,
      value: assigned,
      text: assigneeText(assigned),
      without: 'assigned',
    },
    { heading: words.searched, value: text, text: groupText(text), without: 'text' },
  ] as const
  const narrowed = fields
    .filter(({ value }) => value !== '')
    .map(({ heading, text: value, without }) => {
      return { heading, text: value, href: alertsHref(query, { [without]: '' }) }
    })
  const href = alertsHref(query, { state: 'open' })
  return state === 'open'
    ? narrowed
    : [...narrowed, { heading: common.state, text: stateText(state), href }]
}

function severityText(severity: string): string {
  return severityBadge(severity).text
}

function themeText(theme: string): string {
  const known = THEMES.find(({ id }) => id === theme)
  return known === undefined ? '' : capital(themeTitle(known.id))
}

function stateText(state: AlertsQuery['state']): string {
  if (state === 'open') return words.open
  return state === 'all' ? words.openAndClosed : stateWords(state)
}

function assigneeText(name: string): string {
  return name === NOBODY ? words.nobodyYet : plainText(name, 60)
}
