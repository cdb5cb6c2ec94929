import { randomBytes } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'

/** Things that wait a short time for one answer, by a token that nobody can guess. They live in memory: a restart ends them. */
export interface OneTime<T> {
  /** `address` is who asked. Beyond the bounds the oldest of that address is given up, then the oldest of all. */
  readonly put: (address: string, value: T) => string
  /** Undefined where there is none, it was taken before, or it is too late. */
  readonly take: (token: string) => T | undefined
}

interface Waiting<T> {
  readonly address: string
  readonly value: T
  readonly untilMs: number
}

export function makeOneTime<T>(
  clock: Clock,
  bounds: { readonly lifeMs: number; readonly perAddressMax: number; readonly max: number },
): OneTime<T> {
  // All live equally long, so that the oldest stand first.
  const waiting = new Map<string, Waiting<T>>()
  const isLate = ({ untilMs }: Waiting<T>): boolean => clock.monotonicMs() >= untilMs
  const makeRoom = (address: string): void => {
    const own: string[] = []
    for (const [token, one] of waiting)
      if (isLate(one)) waiting.delete(token)
      else if (one.address === address) own.push(token)
    const [oldestOwn] = own
    if (oldestOwn !== undefined && own.length >= bounds.perAddressMax) waiting.delete(oldestOwn)
    for (const oldest of waiting.keys()) {
      if (waiting.size < bounds.max) return
      waiting.delete(oldest)
    }
  }
  return {
    put: (address, value) => {
      makeRoom(address)
      const token = randomBytes(32).toString('base64url')
      waiting.set(token, { address, value, untilMs: clock.monotonicMs() + bounds.lifeMs })
      return token
    },
    take: (token) => {
      const found = waiting.get(token)
      waiting.delete(token)
      return found === undefined || isLate(found) ? undefined : found.value
    },
  }
}
