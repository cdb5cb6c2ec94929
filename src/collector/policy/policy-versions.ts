import type { ConsoleRulesTold, ConsoleRuleTold } from '#domain/console-rules.ts'
import { newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { inTransaction } from '../store/in-transaction.ts'

/** One version of what the school allows and denies. */
export interface PolicyVersion extends ConsoleRulesTold {
  readonly at: number
  /** Who made it, and why: hostile text. */
  readonly who: string
  readonly why: string
}

/** The versions of one tenant, only ever added to. */
export interface PolicyVersions {
  /** Undefined until somebody has allowed or denied anything. */
  readonly current: () => PolicyVersion | undefined
  readonly find: (version: number) => PolicyVersion | undefined
  /** Newest first. */
  readonly list: (limit: number) => readonly PolicyVersion[]
  /** Durable when it returns. */
  readonly add: (made: Pick<PolicyVersion, 'at' | 'who' | 'why' | 'rules'>) => PolicyVersion
}

interface Row extends Omit<PolicyVersion, 'rules'> {
  readonly rules: string
}

const COLUMNS = 'version, id, at, who, why, rules'

export function makePolicyVersions(db: Sqlite, tenant: string): PolicyVersions {
  const newest = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM policy_version WHERE tenant_id = ? ORDER BY version DESC LIMIT ?`,
  )
  const one = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM policy_version WHERE tenant_id = ? AND version = ?`,
  )
  const insert = db.prepare<[string, number, string, number, string, string, string]>(
    'INSERT INTO policy_version VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const list = (limit: number): readonly PolicyVersion[] => newest.all(tenant, limit).map(readRow)
  // Read at every poll of every box.
  let [current] = list(1)
  return {
    current: () => current,
    find: (version) => {
      const row = one.get(tenant, version)
      return row && readRow(row)
    },
    list,
    add: ({ at, who, why, rules }) => {
      const version = (current?.version ?? 0) + 1
      const made = { id: newRandomId(), version, at, who, why, rules }
      inTransaction(db, () =>
        insert.run(tenant, version, made.id, at, who, why, JSON.stringify(rules)),
      )
      current = made
      return made
    },
  }
}

function readRow({ rules, ...row }: Row): PolicyVersion {
  const read: readonly ConsoleRuleTold[] = JSON.parse(rules)
  return { ...row, rules: read }
}

/** What a version has that another had not, and the other way round. */
export function differenceOf(
  before: readonly ConsoleRuleTold[],
  after: readonly ConsoleRuleTold[],
): { readonly added: readonly ConsoleRuleTold[]; readonly removed: readonly ConsoleRuleTold[] } {
  const [old, fresh] = [before, after].map((rules) => new Set(rules.map(({ id }) => id)))
  return {
    added: after.filter(({ id }) => !old?.has(id)),
    removed: before.filter(({ id }) => !fresh?.has(id)),
  }
}
