import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from './clock.ts'

/** Work goes on for so long before others get their turn; a tenth of what a query may wait for it. */
const TURN_MS = 0.5

/** Lets others have their turn where this one has lasted long enough; resolves when it is ours again. */
export interface ShortTurns {
  /** Whether `next` should be awaited. Cheap enough for every few lines of work. */
  readonly isOver: () => boolean
  readonly next: () => Promise<void>
}

/** For long work on a thread that answers: a turn begins now. */
export function shortTurns(clock: Clock, turnMs: number = TURN_MS): ShortTurns {
  let startedAtMs = clock.monotonicMs()
  return {
    isOver: () => clock.monotonicMs() - startedAtMs >= turnMs,
    next: async () => {
      await nextTurn()
      startedAtMs = clock.monotonicMs()
    },
  }
}
