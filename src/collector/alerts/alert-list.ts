/** Alerts as a list narrows them down: open or closed, by what they are, who has them, and a text. */
import type { Sqlite } from '#platform/sqlite.ts'
import { SEVERITIES } from '#safeguarding/severity.ts'
import type { AlertState } from './alert.ts'
import type { AlertRecord } from './alert-record.ts'
import { type AlertScope, IN_SCOPE, type ScopeValues } from './alert-scope.ts'
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
  /** The gravest first, then the newest; `total` counts all that match. */
  readonly list: (
    tenant: string,
    filter: AlertFilter,
    page: { readonly limit: number; readonly offset: number },
  ) => { readonly alerts: readonly CountedAlert[]; readonly total: number }
  /** To whom alerts are assigned, by name. */
  readonly assignees: (tenant: string, scope: AlertScope, limit: number) => readonly string[]
}

export const EVENTS = `(SELECT count(*) FROM alert_event WHERE alert_event.tenant_id = alert.tenant_id AND alert_id = alert.id) AS events`
export const GRAVITY: string = `CASE severity ${SEVERITIES.map((one, index) => `WHEN '${one}' THEN ${index}`).join(' ')} END`
const ORDER = `${GRAVITY}, opened_at DESC, id`
const SEARCHED = ['$.user', '$.name', '$.id']
  .map((path) => `coalesce(json_extract(subject, '${path}'), '')`)
  .join(` || char(10) || `)

/** A filter that is absent is null and lets everything through. */
const MATCHES = `tenant_id = @tenant AND ${IN_SCOPE}
  AND (@severities IS NULL OR severity IN (SELECT value FROM json_each(@severities)))
  AND (@theme IS NULL OR theme = @theme)
  AND (@states IS NULL OR state IN (SELECT value FROM json_each(@states)))
  AND (@assignedTo IS NULL OR coalesce(assigned_to, '') = @assignedTo)
  AND (@text IS NULL OR instr(lower(group_name || char(10) || ${SEARCHED}), @text) > 0)
  AND (@openedFrom IS NULL OR opened_at >= @openedFrom)`

interface Values extends ScopeValues {
  readonly tenant: string
  readonly severities: string | null
  readonly theme: string | null
  readonly states: string | null
  readonly assignedTo: string | null
  readonly text: string | null
  readonly openedFrom: number | null
}

/** `valuesOfOne` are those of a scope. */
export function makeAlertList(
  db: Sqlite,
  valuesOfOne: (scope: AlertScope) => ScopeValues,
): AlertList {
  const page = db.prepare<
    [Values & { limit: number; offset: number }],
    AlertRow & { readonly events: number }
  >(
    // Events are counted of those alone that stand on the page.
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM
       (SELECT id AS shown FROM alert WHERE ${MATCHES} ORDER BY ${ORDER} LIMIT @limit OFFSET @offset)
     CROSS JOIN alert ON alert.tenant_id = @tenant AND alert.id = shown ORDER BY ${ORDER}`,
  )
  const count = db.prepare<[Values], { total: number }>(
    `SELECT count(*) AS total FROM alert WHERE ${MATCHES}`,
  )
  const assignees = db.prepare<[ScopeValues & { tenant: string; limit: number }], { name: string }>(
    `SELECT DISTINCT assigned_to AS name FROM alert
     WHERE tenant_id = @tenant AND assigned_to IS NOT NULL AND ${IN_SCOPE}
     ORDER BY name LIMIT @limit`,
  )
  return {
    list: (tenant, filter, { limit, offset }) => {
      const values = { ...valuesOf(tenant, filter), ...valuesOfOne(filter.scope) }
      return {
        alerts: page.all({ ...values, limit, offset }).map(countedAlert),
        total: count.get(values)?.total ?? 0,
      }
    },
    assignees: (tenant, scope, limit) =>
      assignees.all({ ...valuesOfOne(scope), tenant, limit }).map(({ name }) => name),
  }
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
    openedFrom: openedFromMs ?? null,
  }
}
