/** What opens an account beside its password: version 9 of the collector's store. Times in milliseconds since the epoch. */
export const WAY_IN_TABLES: string = `
-- id: the credential's own, base64url. rp_id: the name of the console that it was made for. counter: of its last use.
CREATE TABLE account_passkey (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  rp_id TEXT NOT NULL,
  name TEXT NOT NULL,
  public_key BLOB NOT NULL,
  counter INTEGER NOT NULL,
  added_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_passkey_account ON account_passkey (tenant_id, account_id);

-- Whom a provider's sign-in opens. claim: by which the provider tells people apart. label: for people, never a key.
CREATE TABLE account_identity (
  tenant_id TEXT NOT NULL,
  issuer TEXT NOT NULL,
  claim TEXT NOT NULL,
  subject TEXT NOT NULL,
  account_id TEXT NOT NULL,
  label TEXT NOT NULL,
  added_at INTEGER NOT NULL,
  used_at INTEGER,
  PRIMARY KEY (tenant_id, issuer, claim, subject),
  UNIQUE (tenant_id, account_id, issuer, claim)
) STRICT, WITHOUT ROWID;
`

/** Of which rows go with their account, and when its owner sets all secrets anew. */
export const WAY_IN_TABLE_NAMES = ['account_passkey', 'account_identity'] as const
