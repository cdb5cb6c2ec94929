import { createHash, randomBytes } from 'node:crypto'
import type { Sqlite } from '#platform/sqlite.ts'
import { newTotpSecret } from './totp.ts'

/** 256 bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

export interface Invite {
  readonly account: string
  readonly totpSecret: Uint8Array
  readonly expiresAt: number
}

/** One-time links, one an account; only the hash of a link is kept. */
export interface InviteTable {
  /** Makes the link's token; an earlier link of the account is void. */
  readonly make: (account: string, expiresAt: number) => string
  readonly find: (token: string, nowMs: number) => Invite | undefined
  /** False where it was used in the meantime. */
  readonly use: (token: string) => boolean
}

export function makeInviteTable(db: Sqlite, tenant: string): InviteTable {
  const put = db.prepare<[string, string, Uint8Array, Uint8Array, number]>(
    `INSERT INTO account_invite VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant_id, account_id) DO UPDATE SET
       token_hash = excluded.token_hash, totp_secret = excluded.totp_secret, expires_at = excluded.expires_at`,
  )
  const find = db.prepare<[string, Uint8Array, number], Invite>(
    `SELECT account_id AS account, totp_secret AS totpSecret, expires_at AS expiresAt
     FROM account_invite WHERE tenant_id = ? AND token_hash = ? AND expires_at > ?`,
  )
  const use = db.prepare<[string, Uint8Array]>(
    'DELETE FROM account_invite WHERE tenant_id = ? AND token_hash = ?',
  )
  return {
    make: (account, expiresAt) => {
      const token = randomBytes(32).toString('base64url')
      put.run(tenant, account, hashOf(token), newTotpSecret(), expiresAt)
      return token
    },
    find: (token, nowMs) =>
      TOKEN.test(token) ? find.get(tenant, hashOf(token), nowMs) : undefined,
    use: (token) => use.run(tenant, hashOf(token)).changes === 1,
  }
}

function hashOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
