import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { makeLockOut } from './lock-out.ts'

/** Base32 without I, L, O and U, which are read and heard as others (Crockford's). */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 16 letters of 5 bits: 80 bits. */
const LENGTH = 16
const GROUP = 4

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
    const letters = [...randomBytes(LENGTH)].map((byte) => LETTERS.charAt(byte % LETTERS.length))
    const code = letters.join('')
    current = { hash: hashOf(code), validUntilMs: clock.monotonicMs() + limits.signInCodeLifeMs }
    return code.match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? code
  }

  const redeem = (typed: string, address: string): Redeemed => {
    if (lockOut.isLocked(address)) return 'locked'
    const isAlive = current !== undefined && clock.monotonicMs() < current.validUntilMs
    // Compared even when there is no code, so that time does not tell whether there is one.
    const isSame = timingSafeEqual(hashOf(normalise(typed)), current?.hash ?? hashOf('none'))
    if (isAlive && isSame) {
      current = undefined
      return 'right'
    }
    lockOut.noteWrong(address)
    return 'wrong'
  }

  return { issue, redeem }
}

/** What people type: small letters, dashes, spaces, and look-alikes of what they were shown. */
function normalise(typed: string): string {
  return typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
}

function hashOf(code: string): Uint8Array {
  return createHash('sha256').update(code).digest()
}
