/** Tables of telling people. Persons stand in them by their ids, places without their addresses. */
export const NOTIFY_TABLES = `
CREATE TABLE escalation (
  tenant_id TEXT NOT NULL,
  alert TEXT NOT NULL,
  round INTEGER NOT NULL,
  queue TEXT NOT NULL,
  severity TEXT NOT NULL,
  raised_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  is_unreachable INTEGER NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (tenant_id, alert)
) STRICT, WITHOUT ROWID;
CREATE INDEX escalation_due ON escalation (due_at) WHERE state = 'climbing';
CREATE INDEX escalation_raised ON escalation (tenant_id, raised_at);

CREATE TABLE escalation_step (
  tenant_id TEXT NOT NULL,
  alert TEXT NOT NULL,
  round INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind TEXT NOT NULL,
  persons TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, alert, round, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  person TEXT NOT NULL,
  occasion TEXT,
  severity TEXT,
  tone TEXT NOT NULL,
  seen_at INTEGER,
  made_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  sealed_at INTEGER,
  items INTEGER NOT NULL,
  facts TEXT,
  confirmed_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX notice_occasion ON notice (tenant_id, kind, occasion, person) WHERE occasion IS NOT NULL;
CREATE INDEX notice_person ON notice (tenant_id, person, severity, made_at) WHERE kind = 'alert';
CREATE INDEX notice_made ON notice (made_at);

CREATE TABLE notice_alert (
  tenant_id TEXT NOT NULL,
  notice TEXT NOT NULL,
  alert TEXT NOT NULL,
  round INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, notice, alert)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_alert_alert ON notice_alert (tenant_id, alert, round, number);

CREATE TABLE delivery (
  tenant_id TEXT NOT NULL,
  notice TEXT NOT NULL,
  place TEXT NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, notice, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (next_at) WHERE state = 'waiting';
CREATE INDEX delivery_claimed ON delivery (state) WHERE state = 'claimed';

CREATE TABLE delivery_attempt (
  tenant_id TEXT NOT NULL,
  notice TEXT NOT NULL,
  place TEXT NOT NULL,
  number INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (tenant_id, notice, place, number)
) STRICT, WITHOUT ROWID;
`
