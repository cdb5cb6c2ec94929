import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'

/** Slows down guessing: so many wrong guesses under a key (an address, an account), and under all, within a window. */
export interface LockOut {
  readonly isLocked: (key: string) => boolean
  readonly noteWrong: (key: string) => void
  /** The newest guess under the key was right after all. */
  readonly forgive: (key: string) => void
}

export function makeLockOut(
  clock: Clock,
  limits: Pick<
    CollectorLimits,
    'guessWindowMs' | 'guessesPerAddressMax' | 'guessesMax' | 'guessAddressesMax'
  >,
): LockOut {
  const wrongAt = new Map<string, readonly number[]>()
  let allWrongAt: readonly number[] = []
  const recent = (times: readonly number[]): readonly number[] => {
    const from = clock.monotonicMs() - limits.guessWindowMs
    return times.filter((at) => at > from)
  }
  // The stalest key stands first; a crowd of keys meets the bound on all guesses anyway.
  const makeRoom = (): void => {
    for (const key of wrongAt.keys()) {
      if (wrongAt.size < limits.guessAddressesMax) return
      wrongAt.delete(key)
    }
  }
  return {
    isLocked: (key) =>
      recent(wrongAt.get(key) ?? []).length >= limits.guessesPerAddressMax ||
      recent(allWrongAt).length >= limits.guessesMax,
    noteWrong: (key) => {
      const now = clock.monotonicMs()
      const times = [...recent(wrongAt.get(key) ?? []), now]
      wrongAt.delete(key)
      makeRoom()
      wrongAt.set(key, times)
      allWrongAt = [...recent(allWrongAt), now]
    },
    forgive: (key) => {
      wrongAt.set(key, (wrongAt.get(key) ?? []).slice(0, -1))
      allWrongAt = allWrongAt.slice(0, -1)
    },
  }
}
