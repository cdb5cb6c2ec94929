/**
 * Names that a list has wrong, as people said who closed an alert over them: version 15 of the collector's store. Observations go
 * after months and so does the link to a person, while a school looks back over a year: kept here are names alone.
 */
import type { Sqlite } from '#platform/sqlite.ts'
import type { AlertRecord } from './alert-record.ts'
import type { Decision } from './decision.ts'

export const WRONG_SITE_TABLE: string = `
CREATE TABLE wrong_site (
  tenant_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  site TEXT NOT NULL,
  closed_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, alert_id, site)
) STRICT, WITHOUT ROWID;
INSERT INTO wrong_site SELECT DISTINCT alert_event.tenant_id, alert_id, site, closed_at FROM alert_event
  JOIN alert_observation ON alert_observation.tenant_id = alert_event.tenant_id AND alert_observation.event_id = alert_event.event_id
  JOIN alert ON alert.tenant_id = alert_event.tenant_id AND alert.id = alert_id
  WHERE decision = 'false-positive:wrong-category' AND alert.theme <> 'illegal' AND is_trial = 0 AND closed_at IS NOT NULL;
CREATE INDEX wrong_site_closed ON wrong_site (tenant_id, site, closed_at);
CREATE INDEX wrong_site_old ON wrong_site (closed_at);
DROP INDEX alert_wrong_category;
`

export interface WrongSites {
  /** Keeps the names of a closed alert where its decision says that they are not what a list says; of illegal material none. Closed again, only the last counts. */
  readonly keep: (closed: AlertRecord, decision: Decision, nowMs: number) => void
  readonly drop: (tenant: string, alert: string) => void
}

export function makeWrongSites(db: Sqlite): WrongSites {
  const keep = db.prepare<[{ tenant: string; alert: string; nowMs: number }]>(
    `INSERT INTO wrong_site SELECT DISTINCT @tenant, @alert, site, @nowMs FROM alert_event
       JOIN alert_observation USING (tenant_id, event_id) WHERE tenant_id = @tenant AND alert_id = @alert`,
  )
  const drop = db.prepare<[string, string]>(
    'DELETE FROM wrong_site WHERE tenant_id = ? AND alert_id = ?',
  )
  return {
    keep: ({ tenant, id, theme }, decision, nowMs) => {
      drop.run(tenant, id)
      if (decision !== 'false-positive:wrong-category' || theme === 'illegal') return
      keep.run({ tenant, alert: id, nowMs })
    },
    drop: (tenant, alert) => {
      drop.run(tenant, alert)
    },
  }
}
