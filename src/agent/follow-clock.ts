import type { Clock } from '#platform/clock.ts'
import { type After, after as realAfter } from '#platform/timer.ts'

const MINUTE_MS = 60_000
/** The wall clock may be set at any time; so long at most goes by before that is seen. */
const LOOK_EVERY_MS = 5_000

/**
 * Calls `onTurn` at the beginning of each minute of the wall clock, and in between so that a clock that was set is soon
 * followed. What it calls must be cheap when nothing has changed. The answer stops it.
 */
export function followClock(
  clock: Clock,
  onTurn: () => void,
  after: After = realAfter,
): () => void {
  let cancel: (() => void) | undefined
  const wait = (): void => {
    const toMinute = MINUTE_MS - (((clock.wallMs() % MINUTE_MS) + MINUTE_MS) % MINUTE_MS)
    cancel = after(Math.min(Math.ceil(toMinute), LOOK_EVERY_MS), () => {
      onTurn()
      wait()
    })
  }
  wait()
  return () => cancel?.()
}
