/** How an owner takes an account by its one-time link, which sets all that opens it anew. */
import { invite as words } from '#console/words/invite.ts'
import { failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { hashShortCode, newShortCode } from '../sign-in/short-code.ts'
import { inTransaction } from '../store/in-transaction.ts'
import { type Account, type AccountFailure, notValid } from './account.ts'
import type { AccountTable } from './account-table.ts'
import type { Invite, InviteTable } from './invite-table.ts'
import { type Passwords, passwordProblem } from './password.ts'
import { stepOfCode } from './totp.ts'

const RECOVERY_CODES = 10
const NO_SECRETS = { password: undefined, totpSecret: undefined, totpStep: 0 }
const USED = failure('unknown', words.problems.gone)
const WRONG_CODE = notValid('code', words.problems.wrongCode)

export interface TakeAccount {
  readonly invitation: (
    token: string,
  ) => { readonly account: Account; readonly invite: Invite } | undefined
  /** By a password and an app: answers with recovery codes, which are shown this once. */
  readonly take: (
    token: string,
    typed: { readonly password: string; readonly again: string; readonly code: string },
  ) => Promise<{ readonly account: Account; readonly recovery: readonly string[] } | AccountFailure>
  /**
   * By the school's sign-in: what opened the account before is taken from it, and `link` gives it the one way in that it then has. Where
   * that fails nothing is changed, and the invitation stays.
   */
  readonly takeWithoutPassword: (
    token: string,
    link: (account: string) => undefined | AccountFailure,
  ) => Account | AccountFailure
  readonly changePassword: (
    account: Account,
    typed: { readonly password: string; readonly again: string },
  ) => Promise<Account | AccountFailure>
}

export function makeTakeAccount({
  db,
  table,
  invites,
  passwords,
  clock,
}: {
  readonly db: Sqlite
  readonly table: AccountTable
  readonly invites: InviteTable
  readonly passwords: Passwords
  readonly clock: Clock
}): TakeAccount {
  const invitation: TakeAccount['invitation'] = (token) => {
    const invite = invites.find(token, clock.wallMs())
    const account = invite && table.byId(invite.account)
    return account === undefined || invite === undefined ? undefined : { account, invite }
  }
  const hashed = makeHashed(passwords)
  return {
    invitation,
    take: async (token, typed) => {
      const found = invitation(token)
      if (found === undefined) return USED
      const { account } = found
      const { totpSecret } = found.invite
      const step = stepOfCode(typed.code, totpSecret, { nowMs: clock.wallMs(), usedStep: 0 })
      if (step === undefined) return WRONG_CODE
      const password = await hashed(account, typed)
      if (isFailure(password)) return password
      const recovery = Array.from({ length: RECOVERY_CODES }, newShortCode)
      return inTransaction(db, () => {
        // Somebody may have been faster while the password was hashed.
        if (!invites.use(token)) return USED
        table.setSecrets(account.id, { password, totpSecret, totpStep: step })
        table.setRecovery(account.id, recovery.map(hashShortCode))
        table.dropWaysIn(account.id)
        return { account: { ...account, isReady: true }, recovery }
      })
    },
    takeWithoutPassword: (token, link) =>
      inTransaction(db, () => {
        const found = invitation(token)
        if (found === undefined || !invites.use(token)) return USED
        const { account } = found
        table.setSecrets(account.id, NO_SECRETS)
        table.setRecovery(account.id, [])
        table.dropWaysIn(account.id)
        return link(account.id) ?? { ...account, isReady: true }
      }),
    changePassword: async (account, typed) => {
      const password = await hashed(account, typed)
      if (isFailure(password)) return password
      table.setPassword(account.id, password)
      return account
    },
  }
}

function makeHashed(
  passwords: Passwords,
): (
  account: Account,
  typed: { readonly password: string; readonly again: string },
) => Promise<string | AccountFailure> {
  return async (account, { password, again }) => {
    const problem = passwordProblem(password, [account.email, account.name])
    if (problem !== undefined) return notValid('password', problem)
    if (password !== again) return notValid('again', words.password.notSame)
    return passwords.hash(password)
  }
}
