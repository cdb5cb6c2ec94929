/** What people allow and deny, what boxes make of it, and requests to unblock: version 11 of the store. Times in milliseconds since the epoch. */
export const POLICY_TABLES = `
-- Whole versions, only ever added to. rules: a JSON array of ConsoleRuleTold. id: random, so that no other version is taken for it.
CREATE TABLE policy_version (
  tenant_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  why TEXT NOT NULL,
  rules TEXT NOT NULL,
  PRIMARY KEY (tenant_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER policy_version_stays BEFORE UPDATE ON policy_version
  BEGIN SELECT raise(ABORT, 'versions of the policy are never changed'); END;
CREATE TRIGGER policy_version_kept BEFORE DELETE ON policy_version
  BEGIN SELECT raise(ABORT, 'versions of the policy are never deleted'); END;

-- What each box said last: groups and problems are JSON arrays.
CREATE TABLE policy_box (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  in_force TEXT,
  version INTEGER NOT NULL,
  refused TEXT,
  problems TEXT NOT NULL,
  groups TEXT NOT NULL,
  said_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, appliance)
) STRICT, WITHOUT ROWID;

-- Rules that somebody proposes who may not set them; open while nobody has decided.
CREATE TABLE policy_proposal (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  rule TEXT NOT NULL,
  decided_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX policy_proposal_open ON policy_proposal (tenant_id, at) WHERE decided_at IS NULL;

-- Answers to requests to unblock; told once the box has them.
CREATE TABLE unblock_decision (
  tenant_id TEXT NOT NULL,
  appliance TEXT NOT NULL,
  request TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  answer TEXT NOT NULL,
  told_at INTEGER,
  PRIMARY KEY (tenant_id, appliance, request)
) STRICT, WITHOUT ROWID;
CREATE INDEX unblock_decision_untold ON unblock_decision (tenant_id, appliance) WHERE told_at IS NULL;
`
