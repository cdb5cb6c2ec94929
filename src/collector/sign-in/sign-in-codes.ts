import { timingSafeEqual } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { makeLockOut } from './lock-out.ts'
import { hashShortCode, newShortCode } from './short-code.ts'

type Redeemed = 'right' | 'wrong' | 'locked'

/** One-time codes for signing in; only the newest is valid, and only its hash is kept. */
export interface SignInCodes {
  readonly issue: () => string
  /** `address` is who tries. A right code is used up. */
  readonly redeem: (typed: string, address: string) => Redeemed
}

export function makeSignInCodes(clock: Clock, limits: CollectorLimits): SignInCodes {
  const lockOut = makeLockOut(clock, limits)
  let current: { readonly hash: Uint8Array; readonly validUntilMs: number } | undefined

  const issue = (): string => {
    const code = newShortCode()
    const validUntilMs = clock.monotonicMs() + limits.signInCodeLifeMs
    current = { hash: hashShortCode(code), validUntilMs }
    return code
  }

  const redeem = (typed: string, address: string): Redeemed => {
    if (lockOut.isLocked(address)) return 'locked'
    const isAlive = current !== undefined && clock.monotonicMs() < current.validUntilMs
    // Compared even when there is no code, so that time does not tell whether there is one.
    const isSame = timingSafeEqual(hashShortCode(typed), current?.hash ?? hashShortCode('none'))
    if (isAlive && isSame) {
      current = undefined
      return 'right'
    }
    lockOut.noteWrong(address)
    return 'wrong'
  }

  return { issue, redeem }
}
