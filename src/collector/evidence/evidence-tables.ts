/** What a school can show of its filter: version 10 of the collector's store. Times in milliseconds since the epoch, collector's clock. */
export const EVIDENCE_TABLES: string = `
-- Checks, decisions and what was added to each. Append-only; each row's hash covers the row before it.
CREATE TABLE evidence (
  tenant_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  facts TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_kind ON evidence (tenant_id, kind, sequence);
CREATE INDEX evidence_subject ON evidence (tenant_id, subject, sequence);
CREATE TRIGGER evidence_no_update BEFORE UPDATE ON evidence
BEGIN SELECT RAISE(ABORT, 'checks and decisions are never changed'); END;
CREATE TRIGGER evidence_no_delete BEFORE DELETE ON evidence
BEGIN SELECT RAISE(ABORT, 'checks and decisions are never deleted'); END;

-- The end of the chain, by which a missing last row is noticed.
CREATE TABLE evidence_head (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
