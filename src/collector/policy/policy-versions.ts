import type { ConsoleRulesTold, ConsoleRuleTold } from '#domain/console-rules.ts'
import type { TimetableTold } from '#domain/console-timetable.ts'
import { newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { inTransaction } from '../store/in-transaction.ts'

/** What a version holds. */
export type PolicyContent = Pick<ConsoleRulesTold, 'rules' | 'timetable'>

/** One version of what the school sets. */
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
  readonly add: (made: Pick<PolicyVersion, 'at' | 'who' | 'why'> & PolicyContent) => PolicyVersion
}

interface Row extends Omit<PolicyVersion, 'rules' | 'timetable'> {
  readonly rules: string
  readonly timetable: string | null
}

const COLUMNS = 'version, id, at, who, why, rules, timetable'

export function makePolicyVersions(db: Sqlite, tenant: string): PolicyVersions {
  const newest = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM policy_version WHERE tenant_id = ? ORDER BY version DESC LIMIT ?`,
  )
  const one = db.prepare<[string, number], Row>(
    `SELECT ${COLUMNS} FROM policy_version WHERE tenant_id = ? AND version = ?`,
  )
  const insert = db.prepare<
    [string, number, string, number, string, string, string, string | null]
  >(`INSERT INTO policy_version (tenant_id, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
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
    add: ({ at, who, why, rules, timetable }) => {
      const version = (current?.version ?? 0) + 1
      const id = newRandomId()
      const made = { id, version, at, who, why, rules, ...(timetable && { timetable }) }
      const texts = [JSON.stringify(rules), timetable ? JSON.stringify(timetable) : null] as const
      inTransaction(db, () => insert.run(tenant, version, id, at, who, why, ...texts))
      current = made
      return made
    },
  }
}

function readRow({ rules, timetable, ...row }: Row): PolicyVersion {
  const read: readonly ConsoleRuleTold[] = JSON.parse(rules)
  if (timetable === null) return { ...row, rules: read }
  const told: TimetableTold = JSON.parse(timetable)
  return { ...row, rules: read, timetable: told }
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
