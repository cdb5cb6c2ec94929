import type { Sqlite } from '#platform/sqlite.ts'
import type { ThemeId } from '#rules/themes.ts'
import type { Observation } from '#safeguarding/judge.ts'
import type { Subject } from './alert.ts'
import type { AlertKey, Observed } from './observation-of.ts'

/** An observation as it is kept. */
export interface KeptObservation {
  readonly event: string
  readonly at: number
  readonly lastAt: number
  readonly group: string
  readonly lookups: number
  readonly subject: Subject
  readonly observation: Observation
  readonly hasSignal: boolean
}

type KeyValues = [tenant: string, subjectKey: string, theme: string, queue: string]

interface Row {
  readonly event_id: string
  readonly at: number
  readonly last_at: number
  readonly group_name: string
  readonly lookups: number
  readonly subject: string
  readonly facts: string
  readonly has_signal: number
}

/** Where observations of the last look-back are kept, a row an event. Use it inside the desk's transaction. */
export interface ObservationTable {
  /** Keeps the newest revision. False when it is no newer than what is kept. */
  readonly keep: (observed: Observed, isSnoozed: boolean) => boolean
  /** Oldest first, those that count, within the times (inclusive); the newest `limit` of them. */
  readonly between: (
    key: AlertKey,
    fromMs: number,
    toMs: number,
    limit: number,
  ) => readonly KeptObservation[]
  /** Those without a signal are judged as if it were of this intent, from now on. */
  readonly assume: (
    key: AlertKey,
    /** From this observation on, and what has been here for `waitMs`. */
    of: { readonly fromAt: number; readonly nowMs: number; readonly waitMs: number },
    intent: number,
  ) => void
  /** At one site on one day, by any pupil. */
  readonly atSite: (
    site: SiteKey,
    fromMs: number,
    toMs: number,
    limit: number,
  ) => readonly (KeptObservation & { readonly subjectKey: string })[]
  /** Whether the school met the site for the first time within these times. */
  readonly wasNew: (site: SiteKey, fromMs: number, toMs: number) => boolean
  /** What an alert was closed over as a false positive is judged no more; or again, when it is opened again. */
  readonly discount: (tenant: string, alert: string, isDiscounted: boolean) => void
  readonly read: (
    tenant: string,
    event: string,
  ) => (KeptObservation & { readonly key: AlertKey }) | undefined
}

export interface SiteKey {
  readonly tenant: string
  readonly site: string
  readonly theme: ThemeId
}

const COLUMNS =
  'event_id, at, last_at, group_name, lookups, subject, facts, has_signal, subject_key'
const OF_KEY = 'tenant_id = ? AND subject_key = ? AND theme = ? AND queue = ?'
const AT_SITE = 'tenant_id = ? AND site = ? AND theme = ? AND is_trend = 1'

export function makeObservationTable(db: Sqlite): ObservationTable {
  const keep = makeKeep(db)
  const read = db.prepare<
    [string, string],
    Row & Omit<AlertKey, 'subjectKey'> & { subject_key: string }
  >(
    `SELECT ${COLUMNS}, tenant_id AS tenant, theme, queue FROM alert_observation
     WHERE tenant_id = ? AND event_id = ?`,
  )
  const between = db.prepare<[...KeyValues, number, number, number], Row>(
    `SELECT ${COLUMNS} FROM alert_observation
     WHERE ${OF_KEY} AND at BETWEEN ? AND ? AND is_discounted = 0
     ORDER BY at DESC, event_id DESC LIMIT ?`,
  )
  const assume = db.prepare<[number, ...KeyValues, number, number, number]>(
    `UPDATE alert_observation SET facts = json_set(facts, '$.intent', ?), has_signal = 1
     WHERE ${OF_KEY} AND at >= ? AND has_signal = 0 AND (received_at <= ? OR received_at > ?)`,
  )
  const discount = db.prepare<[number, string, string, string]>(
    `UPDATE alert_observation SET is_discounted = ? WHERE tenant_id = ? AND event_id IN
       (SELECT event_id FROM alert_event WHERE tenant_id = ? AND alert_id = ?)`,
  )
  return {
    keep,
    between: (key, fromMs, toMs, limit) =>
      between
        .all(...valuesOf(key), fromMs, toMs, limit)
        .map(readRow)
        .toReversed(),
    assume: (key, { fromAt, nowMs, waitMs }, intent) => {
      assume.run(intent, ...valuesOf(key), fromAt, nowMs - waitMs, nowMs)
    },
    ...makeSiteReads(db),
    discount: (tenant, alert, isDiscounted) => {
      discount.run(Number(isDiscounted), tenant, tenant, alert)
    },
    read: (tenant, event) => {
      const row = read.get(tenant, event)
      const key = row && {
        tenant: row.tenant,
        theme: row.theme,
        queue: row.queue,
        subjectKey: row.subject_key,
      }
      return row && key && { ...readRow(row), key }
    },
  }
}

function makeSiteReads(db: Sqlite): Pick<ObservationTable, 'atSite' | 'wasNew'> {
  const atSite = db.prepare<
    [string, string, string, number, number, number],
    Row & { subject_key: string }
  >(
    `SELECT ${COLUMNS} FROM alert_observation WHERE ${AT_SITE} AND at BETWEEN ? AND ?
     ORDER BY at, event_id LIMIT ?`,
  )
  const wasNew = db.prepare<[string, string, string, number, number], { found: number }>(
    `SELECT 1 AS found FROM alert_observation
     WHERE ${AT_SITE} AND at BETWEEN ? AND ? AND is_new_site = 1 LIMIT 1`,
  )
  return {
    atSite: ({ tenant, site, theme }, fromMs, toMs, limit) =>
      atSite
        .all(tenant, site, theme, fromMs, toMs, limit)
        .map((row) => ({ ...readRow(row), subjectKey: row.subject_key })),
    wasNew: ({ tenant, site, theme }, fromMs, toMs) =>
      wasNew.get(tenant, site, theme, fromMs, toMs) !== undefined,
  }
}

function makeKeep(db: Sqlite): ObservationTable['keep'] {
  // biome-ignore format: one value a column
  const upsert = db.prepare<[
    ...[string, string, string, string, string], number, number, number, number, string, string, number, number, number, number, string, string,
  ]>(
    `INSERT INTO alert_observation (tenant_id, event_id, subject_key, theme, queue, revision, at, last_at, received_at,
       site, group_name, lookups, is_trend, is_new_site, has_signal, is_discounted, subject, facts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)
     ON CONFLICT (tenant_id, event_id) DO UPDATE SET
       subject_key = excluded.subject_key, theme = excluded.theme, queue = excluded.queue, revision = excluded.revision,
       at = excluded.at, last_at = excluded.last_at, site = excluded.site, group_name = excluded.group_name,
       lookups = excluded.lookups, is_trend = excluded.is_trend, is_new_site = excluded.is_new_site,
       has_signal = excluded.has_signal, subject = excluded.subject, facts = excluded.facts
     WHERE excluded.revision > alert_observation.revision`,
  )
  return (observed, isSnoozed) => {
    const { facts } = observed
    const { changes } = upsert.run(
      observed.tenant,
      facts.event,
      observed.subjectKey,
      observed.theme,
      observed.queue,
      observed.revision,
      facts.at,
      observed.lastAt,
      observed.receivedAt,
      facts.site,
      observed.group,
      facts.lookups,
      // A class that was sent there is no trend.
      Number(observed.isTrend && !isSnoozed),
      Number(facts.isNew),
      Number(observed.hasSignal),
      JSON.stringify(observed.subject),
      JSON.stringify({ ...facts, isSnoozed }),
    )
    return changes === 1
  }
}

function readRow(row: Row): KeptObservation {
  const observation: Observation = JSON.parse(row.facts)
  const subject: Subject = JSON.parse(row.subject)
  return {
    event: row.event_id,
    at: row.at,
    lastAt: row.last_at,
    group: row.group_name,
    lookups: row.lookups,
    subject,
    observation,
    hasSignal: row.has_signal === 1,
  }
}

function valuesOf({ tenant, subjectKey, theme, queue }: AlertKey): KeyValues {
  return [tenant, subjectKey, theme, queue]
}
