/** Accounts, their sessions and the audit: version 8 of the collector's store. Times in milliseconds since the epoch. */
export const ACCOUNT_TABLES: string = `
-- email: lower case. roles, hidden_users: JSON arrays; users in lower case. password: none until the invitation was taken.
CREATE TABLE IF NOT EXISTS account (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  hidden_users TEXT NOT NULL,
  password TEXT,
  totp_secret BLOB,
  totp_step INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, email)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS account_recovery (
  tenant_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  code_hash BLOB NOT NULL,
  PRIMARY KEY (tenant_id, account_id, code_hash)
) STRICT, WITHOUT ROWID;

-- One an account: the link by which its owner sets a password and the app's secret.
CREATE TABLE IF NOT EXISTS account_invite (
  tenant_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  token_hash BLOB NOT NULL,
  totp_secret BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS account_invite_token ON account_invite (tenant_id, token_hash);

-- Marks browsers that signed in before, so that a stranger's guesses do not lock their owner out.
CREATE TABLE IF NOT EXISTS device_cookie_key (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  key BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions from before there were accounts are ended. account_id: none for the one-time code alone.
DROP TABLE session;
CREATE TABLE IF NOT EXISTS session (
  tenant_id TEXT NOT NULL,
  token_hash BLOB NOT NULL,
  account_id TEXT,
  address TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  proved_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, token_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS session_account ON session (tenant_id, account_id);

-- Append-only; each row's hash covers the row before it.
CREATE TABLE IF NOT EXISTS audit (
  tenant_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  subject TEXT NOT NULL,
  address TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is never deleted'); END;

CREATE TABLE IF NOT EXISTS audit_head (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`
