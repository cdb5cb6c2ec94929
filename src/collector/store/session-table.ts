import type { Sqlite } from '#platform/sqlite.ts'
import type { SessionStore } from './collector-store.ts'

/** Sessions by the hash of their token: whoever reads the file cannot sign in with it. */
export function makeSessionTable(db: Sqlite): SessionStore {
  const insert = db.prepare<[string, Uint8Array, number, number]>(
    'INSERT INTO session VALUES (?, ?, ?, ?)',
  )
  const dropExpired = db.prepare<[string, number]>(
    'DELETE FROM session WHERE tenant_id = ? AND expires_at <= ?',
  )
  const dropOldest = db.prepare<[string, string, number]>(
    `DELETE FROM session WHERE tenant_id = ? AND token_hash IN
       (SELECT token_hash FROM session WHERE tenant_id = ? ORDER BY created_at DESC LIMIT -1 OFFSET ?)`,
  )
  const read = db.prepare<[string, Uint8Array], { expiresAt: number }>(
    'SELECT expires_at AS expiresAt FROM session WHERE tenant_id = ? AND token_hash = ?',
  )
  const drop = db.prepare<[string, Uint8Array]>(
    'DELETE FROM session WHERE tenant_id = ? AND token_hash = ?',
  )
  const countLive = db.prepare<[string, number], { total: number }>(
    'SELECT count(*) AS total FROM session WHERE tenant_id = ? AND expires_at > ?',
  )
  return {
    addSession: async (tenant, tokenHash, { createdAt, expiresAt, sessionsMax }) => {
      dropExpired.run(tenant, createdAt)
      insert.run(tenant, tokenHash, createdAt, expiresAt)
      dropOldest.run(tenant, tenant, sessionsMax)
    },
    sessionEnds: async (tenant, tokenHash) => read.get(tenant, tokenHash)?.expiresAt,
    dropSession: async (tenant, tokenHash) => {
      drop.run(tenant, tokenHash)
    },
    countSessions: async (tenant, nowMs) => countLive.get(tenant, nowMs)?.total ?? 0,
  }
}
