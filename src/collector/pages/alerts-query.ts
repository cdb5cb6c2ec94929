import { z } from 'zod'
import { THEMES } from '#rules/themes.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import { ALERT_STATES, OPEN_STATES } from '../alerts/alert.ts'
import type { AlertFilter } from '../alerts/alert-list.ts'
import type { AlertScope } from '../alerts/alert-scope.ts'

/** Those that stand in the list; what is Low is for the weekly digest. */
const ABOVE_LOW = SEVERITIES.filter((severity) => severity !== 'low')
const STATES: readonly ['open', ...typeof ALERT_STATES, 'all'] = ['open', ...ALERT_STATES, 'all']
/** In the address: assigned to nobody. No name begins with it. */
export const NOBODY = '~'

/** The filters as they stand in the address. Anything that is not understood is as if it were not there. */
export interface AlertsQuery {
  readonly severity: (typeof SEVERITIES)[number] | ''
  readonly theme: (typeof THEMES)[number]['id'] | ''
  readonly state: (typeof STATES)[number]
  readonly assigned: string
  readonly text: string
  /** From 1 on. */
  readonly page: number
}

const PAGES_MAX = 1000
const TEXT_MAX = 100
const schema = z.object({
  severity: z.enum(['', ...SEVERITIES]).catch(''),
  theme: z.enum(['', ...THEMES.map(({ id }) => id)]).catch(''),
  state: z.enum(STATES).catch('open'),
  assigned: z.string().max(TEXT_MAX).catch(''),
  text: z
    .string()
    .transform((text) => text.trim().slice(0, TEXT_MAX))
    .catch(''),
  page: z.coerce.number().int().min(1).max(PAGES_MAX).catch(1),
})

/** Reads a query string's values; never fails. */
export function readAlertsQuery(query: unknown): AlertsQuery {
  return schema.parse(query ?? {})
}

/** What the store is asked for the list itself. */
export function alertFilterOf(query: AlertsQuery, scope: AlertScope): AlertFilter {
  const { severity, theme, state, assigned, text } = query
  return {
    scope,
    severities: severity === '' ? ABOVE_LOW : [severity],
    ...(theme === '' ? {} : { theme }),
    ...(state === 'all' ? {} : { states: state === 'open' ? OPEN_STATES : [state] }),
    ...(assigned === '' ? {} : { assignedTo: assigned === NOBODY ? '' : assigned }),
    ...(text === '' ? {} : { text: text.toLowerCase() }),
  }
}

/** The address of the list with some of the filters changed; another page only where it is asked for. */
export function alertsHref(
  query: AlertsQuery,
  change: Partial<AlertsQuery> & { readonly fragment?: 'rows' } = {},
): string {
  const { fragment, ...changed } = change
  const { page, state, ...fields } = { ...query, page: 1, ...changed }
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== '') params.set(name, value)
  if (state !== 'open') params.set('state', state)
  if (page > 1) params.set('page', String(page))
  if (fragment !== undefined) params.set('fragment', fragment)
  const text = params.toString()
  return text === '' ? '/alerts' : `/alerts?${text}`
}

/** Whether any filter is in force. */
export function isNarrowedAlerts(query: AlertsQuery): boolean {
  return alertsHref(query) !== '/alerts'
}

/** States in the order in which a form offers them. */
export const STATE_CHOICES: readonly AlertsQuery['state'][] = STATES
