import { timingSafeEqual } from 'node:crypto'
import { makeKeyedHash } from '#platform/secret-file.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** The links by which people confirm that a drill came. */
export interface Confirmations {
  /** What stands in the link: the message's id and a keyed hash of it. */
  readonly tokenOf: (notice: string) => string
  /** Whether a drill has such a link. */
  readonly isKnown: (token: string) => boolean
  /** Notes it, once; false for a link that is none. */
  readonly confirm: (token: string, nowMs: number) => boolean
}

const ID_CHARS = 32

/** The key is a file of its own, made at the first start with mode 0600. Throws as files do. */
export function makeConfirmations(db: Sqlite, tenant: string, keyFile: string): Confirmations {
  const hash = makeKeyedHash(keyFile)
  const known = db.prepare<[string, string]>(
    `SELECT 1 FROM notice WHERE tenant_id = ? AND id = ? AND kind = 'drill'`,
  )
  const note = db.prepare<[number, string, string]>(
    'UPDATE notice SET confirmed_at = coalesce(confirmed_at, ?) WHERE tenant_id = ? AND id = ?',
  )
  const tokenOf = (notice: string): string => `${notice}${hash(Buffer.from(`drill ${notice}`))}`
  const isKnown = (token: string): boolean => {
    const given = Buffer.from(token)
    const right = Buffer.from(tokenOf(token.slice(0, ID_CHARS)))
    if (given.length !== right.length || !timingSafeEqual(given, right)) return false
    return known.get(tenant, token.slice(0, ID_CHARS)) !== undefined
  }
  return {
    tokenOf,
    isKnown,
    confirm: (token, nowMs) => {
      if (!isKnown(token)) return false
      note.run(nowMs, tenant, token.slice(0, ID_CHARS))
      return true
    },
  }
}
