import type { Clock } from '#platform/clock.ts'
import { after } from '#platform/timer.ts'

/** Spaces things evenly: resolves when it is the caller's turn, in the order of the calls. */
export function slowRate(perSecond: number, clock: Clock): () => Promise<void> {
  const everyMs = 1000 / perSecond
  let nextAtMs = -Infinity
  return () => {
    const nowMs = clock.monotonicMs()
    const atMs = Math.max(nowMs, nextAtMs)
    nextAtMs = atMs + everyMs
    return new Promise((resolve) => after(atMs - nowMs, resolve))
  }
}
