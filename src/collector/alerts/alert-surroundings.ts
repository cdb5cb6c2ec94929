/** What stands round an alert: what was observed, what else there was of the same subject, and at the same sites. */
import type { Sqlite } from '#platform/sqlite.ts'
import type { Observation } from '#safeguarding/judge.ts'
import type { Queue } from './alert.ts'
import { type CountedAlert, countedAlert, EVENTS } from './alert-list.ts'
import { type AlertScope, eventIsShown, IN_SCOPE, type ScopeValues } from './alert-scope.ts'
import { ALERT_COLUMNS, type AlertRow } from './alert-table.ts'

/** An alert of a tenant. */
export interface AlertId {
  readonly tenant: string
  readonly id: string
}

/** Who looks, and how much is read. */
interface Seen {
  readonly scope: AlertScope
  readonly limit: number
}

/** Nothing of it tells of alerts, or of users, that whoever looks may not see. */
export interface AlertSurroundings {
  /** Of its events, newest first; those that were erased or are older than is kept are not among them. */
  readonly observations: (alert: AlertId, seen: Seen) => readonly Observation[]
  /** Others of the same person or device that were opened since, newest first; of this queue only. */
  readonly ofSameSubject: (
    alert: AlertId & { readonly queue: Queue },
    sinceMs: number,
    seen: Seen,
  ) => readonly CountedAlert[]
  /** Others that are open and have a person, device or site in common with it, newest first; of this queue only. */
  readonly related: (
    alert: AlertId & { readonly queue: Queue },
    seen: Seen,
  ) => readonly CountedAlert[]
  /** How many other pupils asked for one of its sites within the times; never who. */
  readonly othersAtSites: (
    alert: AlertId,
    span: { readonly fromMs: number; readonly toMs: number },
    scope: AlertScope,
  ) => number
}

const OWN = `alert_event CROSS JOIN alert_observation AS own
  ON own.tenant_id = alert_event.tenant_id AND own.event_id = alert_event.event_id
  WHERE alert_event.tenant_id = @tenant AND alert_id = @id`
/** Alerts that have an observation in common by a column, as `other`; the joins are in the order in which they are cheap. */
const inCommon = (column: 'subject_key' | 'site'): string =>
  `SELECT alert_id AS other FROM (SELECT DISTINCT own.${column} AS common FROM ${OWN})
   CROSS JOIN alert_observation AS seen ON seen.tenant_id = @tenant AND seen.${column} = common AND seen.queue = @queue
   CROSS JOIN alert_event ON alert_event.tenant_id = @tenant AND alert_event.event_id = seen.event_id`
const OTHERS = `CROSS JOIN alert ON alert.tenant_id = @tenant AND alert.id = other AND alert.id <> @id AND alert.queue = @queue AND ${IN_SCOPE}`

interface Asked extends AlertId, ScopeValues {
  readonly queue: Queue
  readonly limit: number
}

export function makeAlertSurroundings(
  db: Sqlite,
  valuesOf: (scope: AlertScope) => ScopeValues,
): AlertSurroundings {
  const observations = db.prepare<[AlertId & ScopeValues & { limit: number }], { facts: string }>(
    `SELECT own.facts AS facts FROM ${OWN} AND ${eventIsShown('own.event_id')}
     ORDER BY own.at DESC LIMIT @limit`,
  )
  const prior = db.prepare<[Asked & { since: number }], AlertRow & { readonly events: number }>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM (SELECT DISTINCT other FROM (${inCommon('subject_key')})) ${OTHERS}
     WHERE opened_at >= @since ORDER BY opened_at DESC LIMIT @limit`,
  )
  const related = db.prepare<[Asked], AlertRow & { readonly events: number }>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM (${inCommon('subject_key')} UNION ${inCommon('site')}) ${OTHERS}
     WHERE state <> 'closed' ORDER BY opened_at DESC LIMIT @limit`,
  )
  const atSites = db.prepare<
    [AlertId & ScopeValues & { fromMs: number; toMs: number }],
    { others: number }
  >(
    `SELECT count(DISTINCT subject_key) AS others FROM (SELECT DISTINCT own.site AS common FROM ${OWN})
     CROSS JOIN alert_observation AS seen
       ON seen.tenant_id = @tenant AND seen.site = common AND seen.at >= @fromMs AND seen.at < @toMs
     WHERE queue = 'safeguarding' AND ${eventIsShown('seen.event_id')} AND subject_key NOT IN (SELECT own.subject_key FROM ${OWN})`,
  )
  return {
    observations: ({ tenant, id }, { scope, limit }) =>
      observations
        .all({ ...valuesOf(scope), tenant, id, limit })
        .map(({ facts }): Observation => JSON.parse(facts)),
    ofSameSubject: ({ tenant, id, queue }, since, { scope, limit }) =>
      prior.all({ ...valuesOf(scope), tenant, id, queue, since, limit }).map(countedAlert),
    related: ({ tenant, id, queue }, { scope, limit }) =>
      related.all({ ...valuesOf(scope), tenant, id, queue, limit }).map(countedAlert),
    othersAtSites: ({ tenant, id }, span, scope) =>
      atSites.get({ ...valuesOf(scope), tenant, id, ...span })?.others ?? 0,
  }
}
