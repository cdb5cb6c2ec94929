import type { Sqlite } from '#platform/sqlite.ts'

/** Somebody at a provider, to the letter: its issuer, the claim that is believed, and what stands in it. */
export interface ProviderKey {
  readonly issuer: string
  readonly claim: string
  readonly subject: string
}

/** How an account is linked. */
export interface ProviderLink {
  readonly account: string
  /** Hostile text, for people to recognise. */
  readonly label: string
  readonly addedAt: number
  readonly usedAt: number | null
}

/** Which accounts a provider opens, of one tenant in SQLite: at most one each way. */
export interface IdentityTable {
  readonly accountOf: (key: ProviderKey) => string | undefined
  readonly of: (
    account: string,
    by: Pick<ProviderKey, 'issuer' | 'claim'>,
  ) => ProviderLink | undefined
  /** False where the account is linked already, or that somebody to an account. */
  readonly add: (key: ProviderKey, link: Omit<ProviderLink, 'usedAt'>) => boolean
  readonly use: (key: ProviderKey, usedAt: number) => void
  readonly remove: (account: string) => boolean
}

export function makeIdentityTable(db: Sqlite, tenant: string): IdentityTable {
  const find = db.prepare<[string, string, string, string], { account: string }>(
    `SELECT account_id AS account FROM account_identity
     WHERE tenant_id = ? AND issuer = ? AND claim = ? AND subject = ?`,
  )
  const of = db.prepare<[string, string, string, string], ProviderLink>(
    `SELECT account_id AS account, label, added_at AS addedAt, used_at AS usedAt
     FROM account_identity WHERE tenant_id = ? AND account_id = ? AND issuer = ? AND claim = ?`,
  )
  const add = db.prepare<[string, string, string, string, string, string, number]>(
    'INSERT OR IGNORE INTO account_identity VALUES (?, ?, ?, ?, ?, ?, ?, NULL)',
  )
  const use = db.prepare<[number, string, string, string, string]>(
    `UPDATE account_identity SET used_at = ?
     WHERE tenant_id = ? AND issuer = ? AND claim = ? AND subject = ?`,
  )
  const remove = db.prepare<[string, string]>(
    'DELETE FROM account_identity WHERE tenant_id = ? AND account_id = ?',
  )
  return {
    accountOf: ({ issuer, claim, subject }) => find.get(tenant, issuer, claim, subject)?.account,
    of: (account, { issuer, claim }) => of.get(tenant, account, issuer, claim),
    add: ({ issuer, claim, subject }, { account, label, addedAt }) =>
      add.run(tenant, issuer, claim, subject, account, label, addedAt).changes === 1,
    use: ({ issuer, claim, subject }, usedAt) => {
      use.run(usedAt, tenant, issuer, claim, subject)
    },
    remove: (account) => remove.run(tenant, account).changes > 0,
  }
}
