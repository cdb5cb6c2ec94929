/** Alerts as a list narrows them down: open or closed, by what they are, who has them, and a text. */
import type { Sqlite } from '#platform/sqlite.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { AlertState } from './alert.ts'
import type { AlertRecord } from './alert-record.ts'
import { type AlertScope, openInScope, partsInScope, type ScopeValues } from './alert-scope.ts'
import { ALERT_COLUMNS, type AlertRow, readAlert } from './alert-table.ts'

/** An alert with how many events it has. */
export type CountedAlert = AlertRecord & { readonly events: number }

/** What is left out narrows nothing. Texts come from an address and are hostile. */
export interface AlertFilter {
  readonly scope: AlertScope
  readonly severities?: readonly string[]
  readonly theme?: string
  readonly states?: readonly AlertState[]
  /** Empty: to nobody. */
  readonly assignedTo?: string
  /** Stands somewhere in its group, person, or device; in lower case. */
  readonly text?: string
  /** Opened at or after, in milliseconds since the epoch. */
  readonly openedFromMs?: number
}

export interface AlertList {
  /** The gravest first, then the newest; `total` counts all that match up to a bound, and `isMore` says that it was reached. */
  readonly list: (
    tenant: string,
    filter: AlertFilter,
    page: { readonly limit: number; readonly offset: number },
  ) => {
    readonly alerts: readonly CountedAlert[]
    readonly total: number
    readonly isMore: boolean
  }
  /** To whom alerts are assigned, by name. */
  readonly assignees: (tenant: string, scope: AlertScope, limit: number) => readonly string[]
}

export const EVENTS = `(SELECT count(*) FROM alert_event WHERE alert_event.tenant_id = alert.tenant_id AND alert_id = alert.id) AS events`
/** As the index `alert_queue` has it. */
export const GRAVITY: string = `CASE severity ${SEVERITIES.map((one, index) => `WHEN '${one}' THEN ${index}`).join(' ')} END`
const SEARCHED = ['$.user', '$.name', '$.id']
  .map((path) => `coalesce(json_extract(subject, '${path}'), '')`)
  .join(` || char(10) || `)
/** Most subjects lack the text altogether, and need not be taken apart. */
const HAS_TEXT = `(instr(lower(group_name), @text) > 0 OR instr(lower(subject), @quoted) > 0)
  AND instr(lower(group_name || char(10) || ${SEARCHED}), @text) > 0`

interface Values extends ScopeValues {
  readonly tenant: string
  readonly severities: string | null
  readonly theme: string | null
  readonly states: string | null
  readonly assignedTo: string | null
  readonly text: string | null
  /** The same inside JSON. */
  readonly quoted: string
  readonly openedFrom: number | null
}

/** `valuesOfOne` are those of a scope. Lists are prepared as they are asked for, since their filter varies. */
export function makeAlertList(
  db: Sqlite,
  valuesOfOne: (scope: AlertScope) => ScopeValues,
  limits: Pick<AlertLimits, 'listedMax' | 'listedCloselyMax'>,
): AlertList {
  const page = db.prepare<
    [{ tenant: string; shown: string }],
    AlertRow & { readonly events: number }
  >(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM json_each(@shown) AS one
     CROSS JOIN alert ON alert.tenant_id = @tenant AND alert.id = one.value ORDER BY one.key`,
  )
  return {
    list: (tenant, filter, { limit, offset }) => {
      const values = { ...valuesOf(tenant, filter), ...valuesOfOne(filter.scope) }
      const most = values.hidden === null ? limits.listedMax : limits.listedCloselyMax
      const ids = db
        .prepare<[Values & { most: number }], string>(
          `${matchingOf(values, filter)} ORDER BY gravity, opened_at DESC, id LIMIT @most`,
        )
        .pluck()
        .all({ ...values, most })
      const shown = JSON.stringify(ids.slice(offset, offset + limit))
      return {
        alerts: page.all({ tenant, shown }).map(countedAlert),
        total: ids.length,
        isMore: ids.length === most,
      }
    },
    assignees: (tenant, scope, limit) => {
      const values = { ...valuesOfOne(scope), tenant, limit }
      return db
        .prepare<[ScopeValues & { tenant: string; limit: number }], { name: string }>(
          `SELECT name FROM (SELECT DISTINCT assigned_to AS name FROM alert INDEXED BY alert_assigned
             WHERE tenant_id = @tenant AND assigned_to IS NOT NULL)
           WHERE EXISTS (SELECT 1 FROM alert WHERE tenant_id = @tenant AND assigned_to = name AND ${openInScope(values)})
           ORDER BY name LIMIT @limit`,
        )
        .all(values)
        .map(({ name }) => name)
    },
  }
}

/** The ids of alerts that match. Open ones are few and have an index of their own; of all others each part has one, and their orders are merged. */
function matchingOf(values: Values, filter: AlertFilter): string {
  const { states, scope } = filter
  const isOpen = states !== undefined && !states.includes('closed')
  const parts = isOpen
    ? [`state <> 'closed' AND ${openInScope(values)}`]
    : partsInScope(scope, values)
  const from = isOpen ? 'alert INDEXED BY alert_open' : 'alert'
  return (parts.length === 0 ? ['FALSE'] : parts)
    .map((part) => ['tenant_id = @tenant', part, ...narrowingOf(values)].join(' AND '))
    .map((where) => `SELECT id, ${GRAVITY} AS gravity, opened_at FROM ${from} WHERE ${where}`)
    .join(' UNION ALL ')
}

function narrowingOf(values: Values): readonly string[] {
  return [
    ...(values.severities === null
      ? []
      : ['severity IN (SELECT value FROM json_each(@severities))']),
    ...(values.theme === null ? [] : ['theme = @theme']),
    ...(values.states === null ? [] : ['state IN (SELECT value FROM json_each(@states))']),
    ...(values.assignedTo === null ? [] : ["coalesce(assigned_to, '') = @assignedTo"]),
    ...(values.text === null ? [] : [HAS_TEXT]),
    ...(values.openedFrom === null ? [] : ['opened_at >= @openedFrom']),
  ]
}

export function countedAlert({
  events,
  ...row
}: AlertRow & { readonly events: number }): CountedAlert {
  return { ...readAlert(row), events }
}

function valuesOf(tenant: string, filter: AlertFilter): Omit<Values, keyof ScopeValues> {
  const { severities, theme, states, assignedTo, text, openedFromMs } = filter
  return {
    tenant,
    severities: severities === undefined ? null : JSON.stringify(severities),
    theme: theme ?? null,
    states: states === undefined ? null : JSON.stringify(states),
    assignedTo: assignedTo ?? null,
    text: text ?? null,
    quoted: JSON.stringify(text ?? '').slice(1, -1),
    openedFrom: openedFromMs ?? null,
  }
}
