import type { Sqlite } from '#platform/sqlite.ts'
import type { SessionRecord, SessionStore } from './collector-store.ts'

type Row = Omit<SessionRecord, 'account'> & { readonly account: string | null }

const COLUMNS = `token_hash AS tokenHash, account_id AS account, address, created_at AS createdAt,
  expires_at AS expiresAt, proved_at AS provedAt`

/** Sessions by the hash of their token: whoever reads the file cannot sign in with it. */
export function makeSessionTable(db: Sqlite): SessionStore {
  const insert = db.prepare<[string, Uint8Array, string | null, string, number, number, number]>(
    'INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const dropExpired = db.prepare<[string, number]>(
    'DELETE FROM session WHERE tenant_id = ? AND expires_at <= ?',
  )
  const dropOldest = db.prepare<[string, string, number]>(
    `DELETE FROM session WHERE tenant_id = ? AND token_hash IN
       (SELECT token_hash FROM session WHERE tenant_id = ? ORDER BY created_at DESC LIMIT -1 OFFSET ?)`,
  )
  const read = db.prepare<[string, Uint8Array], Row>(
    `SELECT ${COLUMNS} FROM session WHERE tenant_id = ? AND token_hash = ?`,
  )
  const readOwn = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM session WHERE tenant_id = ? AND account_id = ? ORDER BY created_at DESC`,
  )
  const prove = db.prepare<[number, string, Uint8Array]>(
    'UPDATE session SET proved_at = ? WHERE tenant_id = ? AND token_hash = ?',
  )
  const drop = db.prepare<[string, Uint8Array]>(
    'DELETE FROM session WHERE tenant_id = ? AND token_hash = ?',
  )
  const countLive = db.prepare<[string, number], { total: number }>(
    'SELECT count(*) AS total FROM session WHERE tenant_id = ? AND expires_at > ?',
  )
  return {
    addSession: async (tenant, session, sessionsMax) => {
      const { tokenHash, account, address, createdAt, expiresAt, provedAt } = session
      dropExpired.run(tenant, createdAt)
      insert.run(tenant, tokenHash, account ?? null, address, createdAt, expiresAt, provedAt)
      dropOldest.run(tenant, tenant, sessionsMax)
    },
    sessionOf: async (tenant, tokenHash) => {
      const row = read.get(tenant, tokenHash)
      return row && recordOf(row)
    },
    sessionsOf: async (tenant, account) => readOwn.all(tenant, account).map(recordOf),
    proveSession: async (tenant, tokenHash, provedAt) => {
      prove.run(provedAt, tenant, tokenHash)
    },
    dropSession: async (tenant, tokenHash) => {
      drop.run(tenant, tokenHash)
    },
    countSessions: async (tenant, nowMs) => countLive.get(tenant, nowMs)?.total ?? 0,
  }
}

function recordOf({ account, ...rest }: Row): SessionRecord {
  return { ...rest, account: account ?? undefined }
}
