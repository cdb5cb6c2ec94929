import { fill } from '#console/words/fill.ts'
import { policy } from '#console/words/policy.ts'
import type { ConsoleRuleTold } from '#domain/console-rules.ts'
import { type Failure, failure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'

/** Proposals that wait at the same time. */
const OPEN_MAX = 50

/** A rule that somebody proposes who may not set it. */
export interface Proposal {
  readonly id: string
  readonly at: number
  readonly who: string
  readonly rule: ConsoleRuleTold
}

export interface Proposals {
  /** Oldest first. */
  readonly open: () => readonly Proposal[]
  readonly add: (rule: ConsoleRuleTold, nowMs: number) => Failure<'too-many'> | undefined
  /** Takes it off the list, whatever was decided; undefined where it is not open. */
  readonly decide: (id: string, nowMs: number) => Proposal | undefined
}

/** Of one tenant. */
export function makeProposals(db: Sqlite, tenant: string): Proposals {
  const open = db.prepare<[string], Omit<Proposal, 'rule'> & { readonly rule: string }>(
    `SELECT id, at, who, rule FROM policy_proposal
     WHERE tenant_id = ? AND decided_at IS NULL ORDER BY at LIMIT ${OPEN_MAX}`,
  )
  const insert = db.prepare<[string, string, number, string, string]>(
    'INSERT INTO policy_proposal VALUES (?, ?, ?, ?, ?, NULL)',
  )
  const decide = db.prepare<[number, string, string]>(
    'UPDATE policy_proposal SET decided_at = ? WHERE tenant_id = ? AND id = ? AND decided_at IS NULL',
  )
  const all = (): readonly Proposal[] =>
    open.all(tenant).map(({ rule, ...row }) => {
      const read: ConsoleRuleTold = JSON.parse(rule)
      return { ...row, rule: read }
    })
  return {
    open: all,
    add: (rule, nowMs) => {
      if (all().length >= OPEN_MAX)
        return failure('too-many', fill(policy.problems.tooManyProposed, { count: OPEN_MAX }))
      insert.run(tenant, rule.id, nowMs, rule.who, JSON.stringify(rule))
      return undefined
    },
    decide: (id, nowMs) => {
      const found = all().find((one) => one.id === id)
      if (found !== undefined) decide.run(nowMs, tenant, id)
      return found
    },
  }
}
