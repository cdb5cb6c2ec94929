/** Whether somebody is who they say: at signing in, and again before what is grave. */
import { account as words } from '#console/words/account.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { makeLockOut } from '../sign-in/lock-out.ts'
import { hashShortCode } from '../sign-in/short-code.ts'
import type { Account } from './account.ts'
import type { AccountTable } from './account-table.ts'
import type { KnownBrowsers } from './known-browser.ts'
import type { Passwords } from './password.ts'
import { newTotpSecret, stepOfCode } from './totp.ts'

export type CheckFailure = Failure<'wrong' | 'locked' | 'busy'>

export interface Typed {
  readonly email: string
  readonly password: string
  /** Of the app, or a recovery code. */
  readonly code: string
}

/** From where somebody tries. */
export interface From {
  readonly address: string
  /** The browser's mark, as it came. */
  readonly mark: string | undefined
}

export interface CheckPerson {
  readonly signIn: (typed: Typed, from: From) => Promise<Account | CheckFailure>
  /** Again, by either secret. */
  readonly prove: (
    account: Account,
    typed: Pick<Typed, 'password' | 'code'>,
    from: From,
  ) => Promise<Account | CheckFailure>
}

interface Parts {
  readonly table: AccountTable
  readonly passwords: Passwords
  readonly browsers: KnownBrowsers
  readonly clock: Clock
  readonly limits: CollectorLimits
}

/** An unknown account, a locked one and a wrong guess take the same work and the same answers. */
export function makeCheckPerson({ table, passwords, browsers, clock, limits }: Parts): CheckPerson {
  const bounds = { ...limits, guessAddressesMax: limits.guessKeysMax }
  const strangers = makeLockOut(clock, { ...bounds, guessesMax: limits.strangerGuessesMax })
  const known = makeLockOut(clock, { ...bounds, guessesMax: limits.knownGuessesMax })
  const nobody = newTotpSecret()

  /** Counts the guess before it is checked, so that many at once are no way round; a right one is taken back. */
  const guarded = async (
    email: string,
    { address, mark }: From,
    check: () => Promise<Account | CheckFailure>,
  ): Promise<Account | CheckFailure> => {
    const browser = browsers.read(mark, email)
    const lockOut = browser === undefined ? strangers : known
    const keys =
      browser === undefined ? [`account:${email}`, `address:${address}`] : [`${browser}:${email}`]
    if (keys.some(lockOut.isLocked)) return failure('locked', words.password.locked)
    keys.forEach(lockOut.noteWrong)
    const checked = await check()
    if (!isFailure(checked) || checked.failure === 'busy') keys.forEach(lockOut.forgive)
    return checked
  }

  /** Uses the code up. */
  const useCode = (account: Account | undefined, typed: string, mayUse: boolean): boolean => {
    const secrets = account && table.secretsOf(account.id)
    const step = stepOfCode(typed, secrets?.totpSecret ?? nobody, {
      nowMs: clock.wallMs(),
      usedStep: secrets?.totpStep ?? 0,
    })
    const recovery = hashShortCode(typed)
    if (account === undefined || !mayUse || secrets?.totpSecret === undefined) return false
    if (step !== undefined) return table.useStep(account.id, step)
    return table.useRecovery(account.id, recovery)
  }

  return {
    signIn: (typed, from) => {
      const email = emailOf(typed.email)
      return guarded(email, from, async () => {
        const account = table.byEmail(email)
        const secrets = account && table.secretsOf(account.id)
        const isRight = await passwords.isRight(typed.password, secrets?.password)
        if (isFailure(isRight)) return isRight
        const hasCode = useCode(account, typed.code, isRight)
        return account !== undefined && hasCode ? account : failure('wrong', 'not right')
      })
    },
    prove: (account, typed, from) =>
      guarded(account.email, from, async () => {
        if (typed.password === '')
          return useCode(account, typed.code, true) ? account : failure('wrong', 'not right')
        const kept = table.secretsOf(account.id)?.password
        const isRight = await passwords.isRight(typed.password, kept)
        if (isFailure(isRight)) return isRight
        return isRight ? account : failure('wrong', 'not right')
      }),
  }
}

/** An e-mail address as accounts are found by. */
export function emailOf(typed: string): string {
  return typed.trim().toLowerCase()
}
