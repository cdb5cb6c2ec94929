/**
 * What is kept no longer: the link to a person 90 days after an alert was closed as no concern or false, what was Low
 * after 90 days, events after a year. A legal hold wins over all of it; a concern stays until it is exported. Deletions
 * are counted in the history, which names nobody.
 */
import { alertHistory } from '#console/words/alert-history.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { AlertLimits } from '../config/alert-limits.ts'
import { BY_ITSELF, type HistoryRow } from './alert-history.ts'
import { ALERT_COLUMNS, type AlertRow, readAlert } from './alert-table.ts'

/** Returns how many alerts and events it changed or deleted; call it again while that is not 0. */
export type Retain = (nowMs: number) => number

/** An alert whose events and person stay: it is open, a concern, or held. */
const KEEPS = `(alert.has_legal_hold = 1 OR alert.state <> 'closed' OR alert.decision = 'concern')`
const LINKS =
  'JOIN alert ON alert.tenant_id = alert_event.tenant_id AND alert.id = alert_event.alert_id'

/** Each call does a bounded part of it; inside the desk's transaction. */
export function makeRetention(
  db: Sqlite,
  deps: { readonly addHistory: (row: HistoryRow) => void; readonly limits: AlertLimits },
): Retain {
  const erase = makeErase(db)
  const deleteLow = makeDeleteAlert(db)
  const deleteEvents = makeDeleteEvents(db)
  const { limits, addHistory } = deps
  const toErase = db.prepare<[number, number], AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alert WHERE state = 'closed' AND closed_at <= ? AND has_legal_hold = 0
       AND (decision IS NULL OR decision <> 'concern') AND json_extract(subject, '$.kind') IN ('person', 'device') LIMIT ?`,
  )
  const lowOnes = db.prepare<[number, number], AlertRow>(
    `SELECT ${ALERT_COLUMNS} FROM alert WHERE severity = 'low' AND max(last_at, opened_at) <= ? AND has_legal_hold = 0
       AND (decision IS NULL OR decision <> 'concern') LIMIT ?`,
  )
  return (nowMs) => {
    const note = (row: AlertRow, change: 'person-erased' | 'deleted', why: string): void => {
      const { tenant, id, theme, severity } = readAlert(row)
      const facts = { theme, severity }
      addHistory({ tenant, alert: id, at: nowMs, who: BY_ITSELF, change, why, facts })
    }
    const erased = toErase.all(nowMs - limits.linkKeptMs, limits.retentionBatchMax)
    for (const row of erased) {
      erase(row.tenant, row.id)
      note(row, 'person-erased', alertHistory.erased)
    }
    const low = lowOnes.all(nowMs - limits.lowKeptMs, limits.retentionBatchMax)
    for (const row of low) {
      deleteLow(row.tenant, row.id)
      note(row, 'deleted', alertHistory.deleted)
    }
    return erased.length + low.length + deleteEvents(nowMs, limits)
  }
}

function makeErase(db: Sqlite): (tenant: string, alert: string) => void {
  const eraseSubject = db.prepare<[string, string]>(
    `UPDATE alert SET subject = '{"kind":"erased"}' WHERE tenant_id = ? AND id = ?`,
  )
  const dropKeys = db.prepare<[string, string]>(
    'DELETE FROM alert_subject WHERE tenant_id = ? AND alert_id = ?',
  )
  const alone = `tenant_id = @tenant AND event_id IN (SELECT event_id FROM alert_event WHERE tenant_id = @tenant AND alert_id = @alert)
    AND event_id NOT IN (SELECT event_id FROM alert_event ${LINKS} WHERE alert_event.tenant_id = @tenant AND ${KEEPS})`
  const dropObservations = db.prepare<[{ tenant: string; alert: string }]>(
    `DELETE FROM alert_observation WHERE ${alone}`,
  )
  const eraseClients = db.prepare<[{ tenant: string; alert: string }]>(
    `UPDATE event_revision SET body = json_remove(json_set(body, '$.client', json('{"address":"erased"}')), '$.mac', '$.signal.context')
     WHERE ${alone}`,
  )
  return (tenant, alert) => {
    dropObservations.run({ tenant, alert })
    eraseClients.run({ tenant, alert })
    eraseSubject.run(tenant, alert)
    dropKeys.run(tenant, alert)
  }
}

function makeDeleteAlert(db: Sqlite): (tenant: string, alert: string) => void {
  const statements = [
    'DELETE FROM alert_event WHERE tenant_id = ? AND alert_id = ?',
    'DELETE FROM alert_subject WHERE tenant_id = ? AND alert_id = ?',
    'DELETE FROM alert WHERE tenant_id = ? AND id = ?',
  ].map((sql) => db.prepare<[string, string]>(sql))
  return (tenant, alert) => {
    for (const one of statements) one.run(tenant, alert)
  }
}

/** Events a year old, and Low ones of 90 days that no alert has; by when they came, for a box's clock may have been wrong. */
function makeDeleteEvents(db: Sqlite): (nowMs: number, limits: AlertLimits) => number {
  const old = db.prepare<
    [{ low: number; year: number; limit: number }],
    { tenant: string; event: string }
  >(
    `SELECT event.tenant_id AS tenant, event.id AS event FROM event_revision
     JOIN event ON event.tenant_id = event_revision.tenant_id AND event.id = event_id AND event.revision = event_revision.revision
     WHERE received_at <= @low AND (lane = 'safeguarding' OR kind = 'bypass-noticed')
       AND (received_at <= @year OR ((severity IS NULL OR severity IN ('low', 'info', 'none')) AND NOT EXISTS
         (SELECT 1 FROM alert_event WHERE alert_event.tenant_id = event.tenant_id AND alert_event.event_id = event.id)))
       AND NOT EXISTS (SELECT 1 FROM alert_event ${LINKS}
         WHERE alert_event.tenant_id = event.tenant_id AND alert_event.event_id = event.id AND ${KEEPS})
     LIMIT @limit`,
  )
  const tables = ['event_revision', 'alert_event', 'alert_observation', 'alert_inbox']
  const statements = [
    ...tables.map((table) => `DELETE FROM ${table} WHERE tenant_id = ? AND event_id = ?`),
    'DELETE FROM event WHERE tenant_id = ? AND id = ?',
  ].map((sql) => db.prepare<[string, string]>(sql))
  const dropObservations = db.prepare<[number, number]>(
    `DELETE FROM alert_observation WHERE (tenant_id, event_id) IN
       (SELECT tenant_id, event_id FROM alert_observation WHERE received_at <= ? LIMIT ?)`,
  )
  const dropSites = db.prepare<[number, number]>(
    `DELETE FROM wrong_site WHERE (tenant_id, alert_id, site) IN
       (SELECT tenant_id, alert_id, site FROM wrong_site WHERE closed_at <= ? LIMIT ?)`,
  )
  return (nowMs, limits) => {
    const limit = limits.retentionBatchMax
    const found = old.all({
      low: nowMs - limits.lowKeptMs,
      year: nowMs - limits.eventKeptMs,
      limit,
    })
    for (const { tenant, event } of found) for (const one of statements) one.run(tenant, event)
    const sites = dropSites.run(nowMs - limits.eventKeptMs, limit).changes
    // Twice the look-back: what comes late is still judged with what stood before it.
    return found.length + sites + dropObservations.run(nowMs - 2 * limits.lookBackMs, limit).changes
  }
}
