import type { Sqlite } from '#platform/sqlite.ts'
import type { Account, Secrets } from './account.ts'
import { rolesIn } from './role.ts'
import { WAY_IN_TABLE_NAMES } from './way-in-tables.ts'

interface Row {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly roles: string
  readonly hiddenUsers: string
  readonly password: string | null
  readonly totpSecret: Uint8Array | null
  readonly totpStep: number
  readonly createdAt: number
  readonly hasWayIn: number
}

/** Accounts of one tenant in SQLite. */
export interface AccountTable {
  readonly all: () => readonly Account[]
  readonly count: () => number
  readonly byId: (id: string) => Account | undefined
  readonly byEmail: (email: string) => Account | undefined
  readonly secretsOf: (id: string) => Secrets | undefined
  readonly add: (account: Omit<Account, 'isReady'>) => void
  readonly write: (account: Pick<Account, 'id' | 'name' | 'roles' | 'hiddenUsers'>) => void
  readonly setPassword: (id: string, password: string) => void
  readonly setSecrets: (id: string, secrets: Secrets) => void
  /** False where the step, or a later one, was used before. */
  readonly useStep: (id: string, step: number) => boolean
  readonly setRecovery: (id: string, hashes: readonly Uint8Array[]) => void
  /** False where there is no such code, or it was used. */
  readonly useRecovery: (id: string, hash: Uint8Array) => boolean
  readonly recoveryLeft: (id: string) => number
  /** Passkeys, and whatever else opens the account beside its password, are taken from it. */
  readonly dropWaysIn: (id: string) => void
  readonly remove: (id: string) => void
}

const COLUMNS = `id, email, name, roles, hidden_users AS hiddenUsers, password, totp_secret AS totpSecret,
  totp_step AS totpStep, created_at AS createdAt, (${WAY_IN_TABLE_NAMES.map(hasRow).join(' OR ')}) AS hasWayIn`

function hasRow(table: string): string {
  return `EXISTS (SELECT 1 FROM ${table} AS way WHERE way.tenant_id = account.tenant_id AND way.account_id = account.id)`
}

export function makeAccountTable(db: Sqlite, tenant: string): AccountTable {
  const all = db.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM account WHERE tenant_id = ? ORDER BY name, email`,
  )
  const count = db.prepare<[string], { total: number }>(
    'SELECT count(*) AS total FROM account WHERE tenant_id = ?',
  )
  const byId = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM account WHERE tenant_id = ? AND id = ?`,
  )
  const byEmail = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM account WHERE tenant_id = ? AND email = ?`,
  )
  const add = db.prepare<[string, string, string, string, string, string, number]>(
    'INSERT INTO account VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, 0, ?)',
  )
  const write = db.prepare<[string, string, string, string, string]>(
    'UPDATE account SET name = ?, roles = ?, hidden_users = ? WHERE tenant_id = ? AND id = ?',
  )
  const remove = ['account', 'account_recovery', 'account_invite', 'session'].map((table) =>
    db.prepare<[string, string]>(
      `DELETE FROM ${table} WHERE tenant_id = ? AND ${table === 'account' ? 'id' : 'account_id'} = ?`,
    ),
  )
  const waysIn = WAY_IN_TABLE_NAMES.map((table) =>
    db.prepare<[string, string]>(`DELETE FROM ${table} WHERE tenant_id = ? AND account_id = ?`),
  )
  const dropWaysIn = (id: string): void => {
    for (const statement of waysIn) statement.run(tenant, id)
  }
  const one = (row: Row | undefined): Account | undefined => row && accountOf(row)
  return {
    all: () => all.all(tenant).map(accountOf),
    count: () => count.get(tenant)?.total ?? 0,
    byId: (id) => one(byId.get(tenant, id)),
    byEmail: (email) => one(byEmail.get(tenant, email)),
    secretsOf: (id) => secretsOf(byId.get(tenant, id)),
    add: ({ id, email, name, roles, hiddenUsers, createdAt }) => {
      const lists = [JSON.stringify(roles), JSON.stringify(hiddenUsers)] as const
      add.run(tenant, id, email, name, ...lists, createdAt)
    },
    write: ({ id, name, roles, hiddenUsers }) => {
      write.run(name, JSON.stringify(roles), JSON.stringify(hiddenUsers), tenant, id)
    },
    dropWaysIn,
    remove: (id) => {
      dropWaysIn(id)
      for (const statement of remove) statement.run(tenant, id)
    },
    ...makeSecrets(db, tenant),
  }
}

type SecretWrites = Pick<
  AccountTable,
  'setPassword' | 'setSecrets' | 'useStep' | 'setRecovery' | 'useRecovery' | 'recoveryLeft'
>

function makeSecrets(db: Sqlite, tenant: string): SecretWrites {
  const setPassword = db.prepare<[string, string, string]>(
    'UPDATE account SET password = ? WHERE tenant_id = ? AND id = ?',
  )
  const setSecrets = db.prepare<[string | null, Uint8Array | null, number, string, string]>(
    'UPDATE account SET password = ?, totp_secret = ?, totp_step = ? WHERE tenant_id = ? AND id = ?',
  )
  const useStep = db.prepare<[number, string, string, number]>(
    'UPDATE account SET totp_step = ? WHERE tenant_id = ? AND id = ? AND totp_step < ?',
  )
  const dropRecovery = db.prepare<[string, string]>(
    'DELETE FROM account_recovery WHERE tenant_id = ? AND account_id = ?',
  )
  const addRecovery = db.prepare<[string, string, Uint8Array]>(
    'INSERT INTO account_recovery VALUES (?, ?, ?)',
  )
  const useRecovery = db.prepare<[string, string, Uint8Array]>(
    'DELETE FROM account_recovery WHERE tenant_id = ? AND account_id = ? AND code_hash = ?',
  )
  const left = db.prepare<[string, string], { total: number }>(
    'SELECT count(*) AS total FROM account_recovery WHERE tenant_id = ? AND account_id = ?',
  )
  return {
    setPassword: (id, password) => {
      setPassword.run(password, tenant, id)
    },
    setSecrets: (id, { password, totpSecret, totpStep }) => {
      setSecrets.run(password ?? null, totpSecret ?? null, totpStep, tenant, id)
    },
    useStep: (id, step) => useStep.run(step, tenant, id, step).changes === 1,
    setRecovery: (id, hashes) => {
      dropRecovery.run(tenant, id)
      for (const hash of hashes) addRecovery.run(tenant, id, hash)
    },
    useRecovery: (id, hash) => useRecovery.run(tenant, id, hash).changes === 1,
    recoveryLeft: (id) => left.get(tenant, id)?.total ?? 0,
  }
}

function accountOf(row: Row): Account {
  const { id, email, name, roles, hiddenUsers, password, createdAt, hasWayIn } = row
  const kept: readonly string[] = JSON.parse(roles)
  const hidden: readonly string[] = JSON.parse(hiddenUsers)
  const isReady = password !== null || hasWayIn === 1
  return { id, email, name, roles: rolesIn(kept), hiddenUsers: hidden, isReady, createdAt }
}

function secretsOf(row: Row | undefined): Secrets | undefined {
  if (row === undefined) return undefined
  const { password, totpSecret, totpStep } = row
  return { password: password ?? undefined, totpSecret: totpSecret ?? undefined, totpStep }
}
