/** What stands round an alert: what was observed, what else there was of the same subject, and at the same sites. */
import type { Sqlite } from '#platform/sqlite.ts'
import type { Observation } from '#safeguarding/judge.ts'
import type { Queue } from './alert.ts'
import { type CountedAlert, countedAlert, EVENTS } from './alert-list.ts'
import { ALERT_COLUMNS, type AlertRow } from './alert-table.ts'

/** An alert of a tenant. */
export interface AlertId {
  readonly tenant: string
  readonly id: string
}

export interface AlertSurroundings {
  /** Of its events, newest first; those that were erased or are older than is kept are not among them. */
  readonly observations: (alert: AlertId, limit: number) => readonly Observation[]
  /** Others of the same person or device that were opened since, newest first; of this queue only. */
  readonly ofSameSubject: (
    alert: AlertId & { readonly queue: Queue },
    sinceMs: number,
    limit: number,
  ) => readonly CountedAlert[]
  /** Others that are open and have a person, device or site in common with it, newest first; of this queue only. */
  readonly related: (
    alert: AlertId & { readonly queue: Queue },
    limit: number,
  ) => readonly CountedAlert[]
  /** How many other pupils asked for one of its sites within the times; never who. */
  readonly othersAtSites: (alert: AlertId, fromMs: number, toMs: number) => number
}

const OWN = `alert_event CROSS JOIN alert_observation AS own
  ON own.tenant_id = alert_event.tenant_id AND own.event_id = alert_event.event_id
  WHERE alert_event.tenant_id = @tenant AND alert_id = @id`
/** Alerts that have an observation in common by a column, as `other`; the joins are in the order in which they are cheap. */
const inCommon = (column: 'subject_key' | 'site'): string =>
  `SELECT alert_id AS other FROM (SELECT DISTINCT own.${column} AS common FROM ${OWN})
   CROSS JOIN alert_observation AS seen ON seen.tenant_id = @tenant AND seen.${column} = common AND seen.queue = @queue
   CROSS JOIN alert_event ON alert_event.tenant_id = @tenant AND alert_event.event_id = seen.event_id`
const OTHERS = `CROSS JOIN alert ON alert.tenant_id = @tenant AND alert.id = other AND alert.id <> @id AND queue = @queue`

interface Asked extends AlertId {
  readonly queue: Queue
  readonly limit: number
}

export function makeAlertSurroundings(db: Sqlite): AlertSurroundings {
  const observations = db.prepare<[AlertId & { limit: number }], { facts: string }>(
    `SELECT own.facts AS facts FROM ${OWN} ORDER BY own.at DESC LIMIT @limit`,
  )
  const prior = db.prepare<[Asked & { since: number }], AlertRow & { readonly events: number }>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM (SELECT DISTINCT other FROM (${inCommon('subject_key')})) ${OTHERS}
     WHERE opened_at >= @since ORDER BY opened_at DESC LIMIT @limit`,
  )
  const related = db.prepare<[Asked], AlertRow & { readonly events: number }>(
    `SELECT ${ALERT_COLUMNS}, ${EVENTS} FROM (${inCommon('subject_key')} UNION ${inCommon('site')}) ${OTHERS}
     WHERE state <> 'closed' ORDER BY opened_at DESC LIMIT @limit`,
  )
  const atSites = db.prepare<[AlertId & { from: number; to: number }], { others: number }>(
    `SELECT count(DISTINCT subject_key) AS others FROM (SELECT DISTINCT own.site AS common FROM ${OWN})
     CROSS JOIN alert_observation AS seen
       ON seen.tenant_id = @tenant AND seen.site = common AND seen.at >= @from AND seen.at < @to
     WHERE queue = 'safeguarding' AND subject_key NOT IN (SELECT own.subject_key FROM ${OWN})`,
  )
  return {
    observations: ({ tenant, id }, limit) =>
      observations.all({ tenant, id, limit }).map(({ facts }): Observation => JSON.parse(facts)),
    ofSameSubject: ({ tenant, id, queue }, since, limit) =>
      prior.all({ tenant, id, queue, since, limit }).map(countedAlert),
    related: ({ tenant, id, queue }, limit) =>
      related.all({ tenant, id, queue, limit }).map(countedAlert),
    othersAtSites: ({ tenant, id }, from, to) => atSites.get({ tenant, id, from, to })?.others ?? 0,
  }
}
