/** The alert desk's tables: version 5 of the collector's store. Times in milliseconds since the epoch, collector's clock unless said. */
export const alertTables: string = `
CREATE TABLE alert_inbox (
  tenant_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, event_id, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX event_revision_received ON event_revision (received_at);

-- The newest state of one event as judging sees it; at: the appliance's clock.
CREATE TABLE alert_observation (
  tenant_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  theme TEXT NOT NULL,
  queue TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  site TEXT NOT NULL,
  group_name TEXT NOT NULL,
  lookups INTEGER NOT NULL,
  is_trend INTEGER NOT NULL,
  is_new_site INTEGER NOT NULL,
  has_signal INTEGER NOT NULL,
  is_discounted INTEGER NOT NULL,
  subject TEXT NOT NULL,
  facts TEXT NOT NULL,
  PRIMARY KEY (tenant_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_observation_subject ON alert_observation (tenant_id, subject_key, theme, queue, at);
CREATE INDEX alert_observation_site ON alert_observation (tenant_id, site, theme, at) WHERE is_trend = 1;
CREATE INDEX alert_observation_received ON alert_observation (received_at);

-- A subject and theme that is looked at again when its collection window ends.
CREATE TABLE alert_pending (
  tenant_id TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  theme TEXT NOT NULL,
  queue TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  since INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, subject_key, theme, queue)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_pending_due ON alert_pending (due_at);

CREATE TABLE alert (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  queue TEXT NOT NULL,
  theme TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL,
  subject TEXT NOT NULL,
  group_name TEXT NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  acknowledged_at INTEGER,
  closed_at INTEGER,
  seen_again_at INTEGER,
  is_late INTEGER NOT NULL,
  is_simulated INTEGER NOT NULL,
  has_legal_hold INTEGER NOT NULL,
  pupils INTEGER NOT NULL,
  judgement TEXT NOT NULL,
  assigned_to TEXT,
  awaiting TEXT,
  escalated_to TEXT,
  merged_into TEXT,
  decision TEXT,
  reason TEXT,
  action TEXT,
  outcome TEXT,
  case_reference TEXT,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_open ON alert (tenant_id, queue, opened_at DESC) WHERE state <> 'closed';
CREATE INDEX alert_opened ON alert (tenant_id, opened_at);
CREATE INDEX alert_again ON alert (told_at) WHERE seen_again_at IS NOT NULL;

-- Which alert takes what comes next of a subject and theme: the open one, or the last that was closed.
CREATE TABLE alert_subject (
  tenant_id TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  theme TEXT NOT NULL,
  queue TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, subject_key, theme, queue)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_subject_alert ON alert_subject (tenant_id, alert_id);

CREATE TABLE alert_event (
  tenant_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  linked_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, alert_id, event_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_event_event ON alert_event (tenant_id, event_id);

-- Append-only; each row's hash covers the row before it.
CREATE TABLE alert_history (
  tenant_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  alert_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  change TEXT NOT NULL,
  why TEXT NOT NULL,
  facts TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_history_alert ON alert_history (tenant_id, alert_id, sequence);
CREATE TRIGGER alert_history_no_update BEFORE UPDATE ON alert_history
BEGIN SELECT RAISE(ABORT, 'the history of alerts is never changed'); END;
CREATE TRIGGER alert_history_no_delete BEFORE DELETE ON alert_history
BEGIN SELECT RAISE(ABORT, 'the history of alerts is never deleted'); END;

-- The end of the chain, by which a missing last row is noticed.
CREATE TABLE alert_history_head (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_snooze (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  theme TEXT NOT NULL,
  group_name TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  who TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_snooze_until ON alert_snooze (tenant_id, theme, group_name, until_at);

CREATE TABLE alert_label (
  tenant_id TEXT NOT NULL,
  alert_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  decision TEXT NOT NULL,
  at INTEGER NOT NULL,
  is_simulated INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, alert_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_label_theme ON alert_label (tenant_id, theme, at);

CREATE TABLE alert_demotion (
  tenant_id TEXT NOT NULL,
  theme TEXT NOT NULL,
  state TEXT NOT NULL,
  proposed_at INTEGER NOT NULL,
  labels INTEGER NOT NULL,
  concerns INTEGER NOT NULL,
  is_simulated INTEGER NOT NULL,
  decided_at INTEGER,
  who TEXT,
  reason TEXT,
  PRIMARY KEY (tenant_id, theme)
) STRICT, WITHOUT ROWID;
`
