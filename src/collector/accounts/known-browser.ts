/**
 * A mark that a browser gets when somebody signs in on it. Guesses with the mark are counted apart from those of strangers, so
 * that strangers can lock an account against themselves but never against its owner.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Sqlite } from '#platform/sqlite.ts'

const KEY_BYTES = 32
const MARK = /^([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{43})$/

export interface KnownBrowsers {
  /** A mark for one e-mail address. */
  readonly mark: (email: string) => string
  /** What tells this browser from others, where the mark is ours and of that address. */
  readonly read: (mark: string | undefined, email: string) => string | undefined
}

export function makeKnownBrowsers(db: Sqlite, tenant: string): KnownBrowsers {
  const key = keptKey(db, tenant)
  const proof = (nonce: string, email: string): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([nonce, email]))
      .digest()
  return {
    mark: (email) => {
      const nonce = randomBytes(12).toString('base64url')
      return `${nonce}.${proof(nonce, email).toString('base64url')}`
    },
    read: (mark, email) => {
      const [, nonce, given] = MARK.exec(mark ?? '') ?? []
      if (nonce === undefined || given === undefined) return undefined
      const isOurs = timingSafeEqual(Buffer.from(given, 'base64url'), proof(nonce, email))
      return isOurs ? nonce : undefined
    },
  }
}

function keptKey(db: Sqlite, tenant: string): Uint8Array {
  db.prepare<[string, Uint8Array]>('INSERT OR IGNORE INTO device_cookie_key VALUES (?, ?)').run(
    tenant,
    randomBytes(KEY_BYTES),
  )
  const row = db
    .prepare<[string], { key: Uint8Array }>('SELECT key FROM device_cookie_key WHERE tenant_id = ?')
    .get(tenant)
  return row?.key ?? randomBytes(KEY_BYTES)
}
