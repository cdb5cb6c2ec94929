import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'

/** Slows down guessing: so many wrong codes from an address, and from everywhere, within a window. */
export interface LockOut {
  readonly isLocked: (address: string) => boolean
  readonly noteWrong: (address: string) => void
}

export function makeLockOut(
  clock: Clock,
  limits: Pick<
    CollectorLimits,
    'guessWindowMs' | 'guessesPerAddressMax' | 'guessesMax' | 'guessAddressesMax'
  >,
): LockOut {
  const wrongAt = new Map<string, number[]>()
  let allWrongAt: readonly number[] = []
  const recent = (times: readonly number[]): number[] => {
    const from = clock.monotonicMs() - limits.guessWindowMs
    return times.filter((at) => at > from)
  }
  // The stalest address stands first; a crowd of addresses meets the bound on all guesses anyway.
  const makeRoom = (): void => {
    for (const address of wrongAt.keys()) {
      if (wrongAt.size < limits.guessAddressesMax) return
      wrongAt.delete(address)
    }
  }
  return {
    isLocked: (address) =>
      recent(wrongAt.get(address) ?? []).length >= limits.guessesPerAddressMax ||
      recent(allWrongAt).length >= limits.guessesMax,
    noteWrong: (address) => {
      const now = clock.monotonicMs()
      const times = [...recent(wrongAt.get(address) ?? []), now]
      wrongAt.delete(address)
      makeRoom()
      wrongAt.set(address, times)
      allWrongAt = [...recent(allWrongAt), now]
    },
  }
}
