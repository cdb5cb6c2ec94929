/**
 * By which lists of alerts stay quick for who reads some of a year alone: version 15 of the collector's store. Alerts of one queue, the
 * gravest first, then the newest, with all that lists are narrowed by; and alerts by whom the ladder told.
 */
export const LIST_INDEXES: string = `
DROP INDEX alert_gravest;
CREATE INDEX alert_queue ON alert (tenant_id, queue,
  CASE severity WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 END,
  opened_at DESC, id, state, severity, theme, assigned_to, group_name, subject);
CREATE INDEX escalation_step_told ON escalation_step (tenant_id, persons, alert);
`
