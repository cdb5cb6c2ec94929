/**
 * Which alerts are of trials of the filter alone: version 14 of the collector's store. What stood here before may have taken real
 * lookups as well, so none of it is called a trial. The index over figures is made anew with it.
 */
export const TRIAL_COLUMNS: string = `
ALTER TABLE alert ADD COLUMN is_trial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE escalation ADD COLUMN is_trial INTEGER NOT NULL DEFAULT 0;
DROP INDEX alert_figures;
CREATE INDEX alert_figures ON alert (tenant_id, queue, theme, severity,
  (opened_at - 345600000) / 604800000 * 604800000 + 345600000, opened_at, acknowledged_at, closed_at, is_simulated)
  WHERE is_trial = 0;
DROP INDEX alert_closed;
CREATE INDEX alert_closed ON alert (tenant_id, queue, theme, decision, closed_at) WHERE closed_at IS NOT NULL AND is_trial = 0;
CREATE INDEX alert_trial ON alert (tenant_id, queue, opened_at) WHERE is_trial = 1;
`
