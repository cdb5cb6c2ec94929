/** Who may sign in, and how accounts come, change and go. Whether the asker may is decided before, by the route. */
import { accounts as words } from '#console/words/accounts.ts'
import { fill } from '#console/words/fill.ts'
import { failure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { newRandomId } from '#platform/random.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { inTransaction } from '../store/in-transaction.ts'
import { type Account, type AccountFailure, notValid } from './account.ts'
import { type AccountTable, makeAccountTable } from './account-table.ts'
import { type CheckPerson, emailOf, makeCheckPerson } from './check-person.ts'
import { type InviteTable, makeInviteTable } from './invite-table.ts'
import { type KnownBrowsers, makeKnownBrowsers } from './known-browser.ts'
import { makePasswords } from './password.ts'
import type { Role } from './role.ts'
import { makeTakeAccount, type TakeAccount } from './take-account.ts'

const EMAIL = /^[^\s@<>"]{1,64}@[^\s@<>"]{1,180}$/

export interface Accounts extends CheckPerson, TakeAccount {
  readonly all: () => readonly Account[]
  readonly count: () => number
  readonly byId: (id: string) => Account | undefined
  readonly byEmail: (email: string) => Account | undefined
  readonly recoveryLeft: (id: string) => number
  /** Else it is opened by the school's sign-in alone, and by what its owner added to that. */
  readonly hasPassword: (id: string) => boolean
  readonly browsers: KnownBrowsers
  /** A new account, and the token of the link by which its owner takes it. */
  readonly invite: (asked: {
    readonly name: string
    readonly email: string
    readonly roles: readonly Role[]
  }) => { readonly account: Account; readonly token: string } | AccountFailure
  /** Another link for an account: whoever takes it sets all secrets anew. */
  readonly inviteAgain: (
    id: string,
  ) => { readonly account: Account; readonly token: string } | AccountFailure
  readonly setRoles: (id: string, roles: readonly Role[]) => Account | AccountFailure
  /** Users whose alerts the account never sees. */
  readonly setHidden: (id: string, users: readonly string[]) => Account | AccountFailure
  readonly remove: (id: string) => Account | AccountFailure
}

export function makeAccounts(options: {
  readonly db: Sqlite
  readonly tenant: string
  readonly clock: Clock
  readonly limits: CollectorLimits
}): Accounts {
  const { db, tenant, clock, limits } = options
  const table = makeAccountTable(db, tenant)
  const invites = makeInviteTable(db, tenant)
  const passwords = makePasswords(limits)
  const browsers = makeKnownBrowsers(db, tenant)
  const parts = { db, table, invites, passwords, clock, limits }
  return {
    ...makeCheckPerson({ table, passwords, browsers, clock, limits }),
    ...makeInviting(parts),
    ...makeChanging(parts),
    ...makeTakeAccount(parts),
    all: table.all,
    count: table.count,
    byId: table.byId,
    byEmail: table.byEmail,
    recoveryLeft: table.recoveryLeft,
    hasPassword: (id) => table.secretsOf(id)?.password !== undefined,
    browsers,
  }
}

interface Parts {
  readonly db: Sqlite
  readonly table: AccountTable
  readonly invites: InviteTable
  readonly clock: Clock
  readonly limits: CollectorLimits
}

function makeInviting({
  db,
  table,
  invites,
  clock,
  limits,
}: Parts): Pick<Accounts, 'invite' | 'inviteAgain'> {
  const link = (account: Account): { readonly account: Account; readonly token: string } => ({
    account,
    token: invites.make(account.id, clock.wallMs() + limits.inviteLifeMs),
  })
  return {
    invite: (asked) => {
      const name = asked.name.trim()
      const email = emailOf(asked.email)
      const problem = inviteProblem({ name, email, roles: asked.roles })
      if (problem !== undefined) return problem
      if (table.byEmail(email) !== undefined) return notValid('email', words.problems.emailTaken)
      if (table.count() >= limits.accountsMax)
        return failure('not-valid', fill(words.problems.tooMany, { count: limits.accountsMax }))
      const fresh = { id: newRandomId(), email, name, roles: asked.roles, hiddenUsers: [] }
      const account = { ...fresh, createdAt: clock.wallMs(), isReady: false }
      return inTransaction(db, () => {
        table.add(account)
        return link(account)
      })
    },
    inviteAgain: (id) => {
      const account = table.byId(id)
      return account === undefined ? UNKNOWN : link(account)
    },
  }
}

function makeChanging({
  db,
  table,
  limits,
}: Parts): Pick<Accounts, 'setRoles' | 'setHidden' | 'remove'> {
  const change = (id: string, changed: Partial<Account>): Account | AccountFailure => {
    const account = table.byId(id)
    if (account === undefined) return UNKNOWN
    const next = { ...account, ...changed }
    table.write(next)
    return next
  }
  return {
    setRoles: (id, roles) =>
      roles.length === 0 ? notValid('roles', words.problems.noRole) : change(id, { roles }),
    setHidden: (id, users) => {
      const names = [...new Set(users.map((user) => user.trim().toLowerCase()))].filter(Boolean)
      if (names.length > limits.hiddenUsersMax || names.some((name) => name.length > 200))
        return notValid(
          'users',
          fill(words.problems.hiddenTooMany, { count: limits.hiddenUsersMax }),
        )
      return change(id, { hiddenUsers: names })
    },
    remove: (id) => {
      const account = table.byId(id)
      if (account === undefined) return UNKNOWN
      inTransaction(db, () => table.remove(id))
      return account
    },
  }
}

const UNKNOWN = failure('unknown', words.problems.unknown)

function inviteProblem(asked: {
  readonly name: string
  readonly email: string
  readonly roles: readonly Role[]
}): AccountFailure | undefined {
  if (asked.name === '' || asked.name.length > 100) return notValid('name', words.problems.name)
  if (!EMAIL.test(asked.email)) return notValid('email', words.problems.email)
  return asked.roles.length === 0 ? notValid('roles', words.problems.noRole) : undefined
}
