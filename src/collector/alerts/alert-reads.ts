import type { EventBody, SafeguardingBody } from '#domain/event.ts'
import { isSafeguarding } from '#domain/event.ts'
import type { Failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { Severity } from '#safeguarding/severity.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import type { Queue } from './alert.ts'
import { type KeptHistoryRow, readAllHistory, readHistory, verifyChain } from './alert-history.ts'
import {
  type AlertList,
  type CountedAlert,
  countedAlert,
  EVENTS,
  makeAlertList,
} from './alert-list.ts'
import {
  type AlertScope,
  eventIsShown,
  IN_SCOPE,
  type ScopeValues,
  valueOfHidden,
  valuesOfScope,
} from './alert-scope.ts'
import { type AlertSurroundings, makeAlertSurroundings } from './alert-surroundings.ts'
import { ALERT_COLUMNS, type AlertRow } from './alert-table.ts'

/** An event of an alert. */
export interface AlertEvent {
  readonly id: string
  readonly appliance: string
  readonly body: SafeguardingBody
}

/** What pages read of alerts. */
export interface AlertReads extends AlertList, AlertSurroundings {
  readonly openCounts: (
    tenant: string,
  ) => readonly { readonly severity: Severity; readonly queue: Queue; readonly count: number }[]
  /** Undefined, too, where somebody may not see it. */
  readonly alert: (tenant: string, id: string, scope: AlertScope) => CountedAlert | undefined
  /** Of these events those that an alert took which may be seen. */
  readonly eventsOfAlerts: (
    tenant: string,
    events: readonly string[],
    scope: AlertScope,
  ) => ReadonlySet<string>
  /** Newest first; lookups only, and none of somebody hidden. */
  readonly events: (
    tenant: string,
    id: string,
    seen: { readonly scope: AlertScope; readonly limit: number },
  ) => readonly AlertEvent[]
  /** Oldest first. */
  readonly history: (tenant: string, id: string, limit: number) => readonly KeptHistoryRow[]
  /** As `verifyChain`. */
  readonly verifyHistory: (tenant: string) => number | Failure<'broken-chain'>
  /** Of all alerts, newest first, older than a sequence. */
  readonly allHistory: (tenant: string, before: number, limit: number) => readonly KeptHistoryRow[]
}

/** `headPersons` are the ids of the heads whom the ladder tells. */
export function makeAlertReads(
  db: Sqlite,
  headPersons: () => readonly string[],
  limits: Pick<AlertLimits, 'listedMax' | 'listedCloselyMax'>,
): AlertReads {
  const counts = db.prepare<[string], { severity: Severity; queue: Queue; count: number }>(
    `SELECT severity, queue, count(*) AS count FROM alert INDEXED BY alert_open
     WHERE tenant_id = ? AND state <> 'closed' GROUP BY severity, queue`,
  )
  const one = db.prepare<
    [ScopeValues & { tenant: string; id: string }],
    AlertRow & { readonly events: number }
  >(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM alert WHERE tenant_id = @tenant AND id = @id AND ${IN_SCOPE}`,
  )
  const ofAlerts = db.prepare<[ScopeValues & { tenant: string; events: string }], { id: string }>(
    `SELECT event_id AS id FROM json_each(@events) AS asked
     CROSS JOIN alert_event ON alert_event.tenant_id = @tenant AND event_id = asked.value
     CROSS JOIN alert ON alert.tenant_id = @tenant AND alert.id = alert_id WHERE ${IN_SCOPE}`,
  )
  const valuesOf = (scope: AlertScope): ScopeValues => valuesOfScope(scope, headPersons)
  return {
    ...makeAlertList(db, valuesOf, limits),
    ...makeAlertSurroundings(db, valuesOf),
    ...makeEventReads(db),
    openCounts: (tenant) => counts.all(tenant),
    alert: (tenant, id, scope) => {
      const row = one.get({ ...valuesOf(scope), tenant, id })
      return row && countedAlert(row)
    },
    eventsOfAlerts: (tenant, events, scope) => {
      const found = ofAlerts.all({ ...valuesOf(scope), tenant, events: JSON.stringify(events) })
      return new Set(found.map(({ id }) => id))
    },
    history: (tenant, alert, limit) => readHistory(db, { tenant, alert, limit }),
    verifyHistory: (tenant) => verifyChain(db, tenant),
    allHistory: (tenant, before, limit) => readAllHistory(db, { tenant, before, limit }),
  }
}

function makeEventReads(db: Sqlite): Pick<AlertReads, 'events'> {
  const events = db.prepare<
    [{ tenant: string; id: string; hidden: string | null; limit: number }],
    { id: string; appliance: string; body: string }
  >(
    `SELECT event.id AS id, appliance, body FROM alert_event
     JOIN event ON event.tenant_id = alert_event.tenant_id AND event.id = alert_event.event_id
     JOIN event_revision ON event_revision.tenant_id = event.tenant_id
       AND event_revision.event_id = event.id AND event_revision.revision = event.revision
     WHERE alert_event.tenant_id = @tenant AND alert_id = @id AND ${eventIsShown('event.id')}
     ORDER BY event.at DESC LIMIT @limit`,
  )
  return {
    events: (tenant, id, { scope, limit }) =>
      events
        .all({ tenant, id, hidden: valueOfHidden(scope.hiddenUsers), limit })
        .flatMap(({ body: text, ...rest }) => {
          const body: EventBody = JSON.parse(text)
          return isSafeguarding(body) ? [{ ...rest, body }] : []
        }),
  }
}
