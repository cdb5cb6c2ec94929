import type { Sqlite } from '#platform/sqlite.ts'

/** A key pair of which the private half never leaves its owner's device. Its name is hostile text. */
export interface Passkey {
  /** The credential's own, base64url. */
  readonly id: string
  readonly account: string
  /** The name of the console that it was made for; under another it is not offered. */
  readonly rpId: string
  readonly name: string
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly addedAt: number
  readonly usedAt: number | null
}

/** Passkeys of one tenant in SQLite. */
export interface PasskeyTable {
  readonly any: () => boolean
  /** Newest first. */
  readonly of: (account: string) => readonly Passkey[]
  readonly byId: (id: string) => Passkey | undefined
  /** False where there is one with this id already. */
  readonly add: (passkey: Omit<Passkey, 'usedAt'>, counter: number) => boolean
  /** False where the counter is not above the last one: what signed is a copy. Passkeys that do not count say 0 each time. */
  readonly use: (id: string, counter: number, usedAt: number) => boolean
  readonly remove: (account: string, id: string) => boolean
}

const COLUMNS = `id, account_id AS account, rp_id AS rpId, name, public_key AS publicKey, added_at AS addedAt,
  used_at AS usedAt`

export function makePasskeyTable(db: Sqlite, tenant: string): PasskeyTable {
  const any = db.prepare<[string]>('SELECT 1 FROM account_passkey WHERE tenant_id = ? LIMIT 1')
  const of = db.prepare<[string, string], Passkey>(
    `SELECT ${COLUMNS} FROM account_passkey WHERE tenant_id = ? AND account_id = ? ORDER BY added_at DESC, id`,
  )
  const byId = db.prepare<[string, string], Passkey>(
    `SELECT ${COLUMNS} FROM account_passkey WHERE tenant_id = ? AND id = ?`,
  )
  const add = db.prepare<[string, string, string, string, string, Uint8Array, number, number]>(
    'INSERT OR IGNORE INTO account_passkey VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)',
  )
  const use = db.prepare<[number, number, string, string, number, number]>(
    `UPDATE account_passkey SET counter = ?, used_at = ?
     WHERE tenant_id = ? AND id = ? AND (counter < ? OR (counter = 0 AND ? = 0))`,
  )
  const remove = db.prepare<[string, string, string]>(
    'DELETE FROM account_passkey WHERE tenant_id = ? AND account_id = ? AND id = ?',
  )
  return {
    any: () => any.get(tenant) !== undefined,
    of: (account) => of.all(tenant, account),
    byId: (id) => byId.get(tenant, id),
    add: ({ id, account, rpId, name, publicKey, addedAt }, counter) =>
      add.run(tenant, id, account, rpId, name, publicKey, counter, addedAt).changes === 1,
    use: (id, counter, usedAt) =>
      use.run(counter, usedAt, tenant, id, counter, counter).changes === 1,
    remove: (account, id) => remove.run(tenant, account, id).changes === 1,
  }
}
