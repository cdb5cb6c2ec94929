/**
 * By which the console's pages stay quick over a year of alerts: version 12 of the collector's store, indexes alone. Each
 * holds all that its queries read, so that no row is fetched that does not stand on the page.
 */
export const PAGE_INDEXES: string = `
-- Lists: the gravest first, then the newest.
CREATE INDEX alert_gravest ON alert (tenant_id,
  CASE severity WHEN 'critical' THEN 0 WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 END,
  opened_at DESC, id, queue, state, severity, theme, assigned_to, group_name, subject);
CREATE INDEX alert_assigned ON alert (tenant_id, assigned_to, queue) WHERE assigned_to IS NOT NULL;

-- Figures over a span, by week: in the order in which they are grouped.
CREATE INDEX alert_figures ON alert (tenant_id, queue, theme, severity,
  (opened_at - 345600000) / 604800000 * 604800000 + 345600000, opened_at, acknowledged_at, closed_at, is_simulated);
CREATE INDEX alert_closed ON alert (tenant_id, queue, theme, decision, closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX alert_wrong_category ON alert (tenant_id, closed_at, theme) WHERE decision = 'false-positive:wrong-category';
CREATE INDEX alert_label_closed ON alert_label (tenant_id, theme, decision,
  (at - 345600000) / 604800000 * 604800000 + 345600000, at, is_simulated);
CREATE INDEX alert_observation_time ON alert_observation (tenant_id, at, theme, group_name, subject_key);

-- Events, newest first, whatever they are filtered by.
DROP INDEX event_safeguarding;
CREATE INDEX event_safeguarding ON event
  (tenant_id, first_at DESC, id DESC, severity, category, group_name, appliance, revision) WHERE lane = 'safeguarding';
CREATE INDEX event_told ON event (tenant_id, kind, at DESC) WHERE lane = 'operations';
`
