import type { Clock } from '#platform/clock.ts'
import type { After } from '#platform/timer.ts'

/** A clock and timers that move only when they are told to. */
export interface HandTime {
  readonly clock: Clock
  readonly after: After
  readonly advance: (ms: number) => void
}

/** `wallStart`: wall time in milliseconds since the epoch at which it begins. */
export function handTime(wallStart: number): HandTime {
  let nowMs = 0
  let timers: { atMs: number; run: () => void }[] = []
  const after: After = (delayMs, run) => {
    const timer = { atMs: nowMs + delayMs, run }
    timers.push(timer)
    return () => {
      timers = timers.filter((other) => other !== timer)
    }
  }
  const advance = (ms: number): void => {
    const endMs = nowMs + ms
    for (;;) {
      const next = timers.toSorted((a, b) => a.atMs - b.atMs)[0]
      if (!next || next.atMs > endMs) break
      timers = timers.filter((other) => other !== next)
      nowMs = Math.max(nowMs, next.atMs)
      next.run()
    }
    nowMs = endMs
  }
  const clock: Clock = { wallMs: () => wallStart + Math.floor(nowMs), monotonicMs: () => nowMs }
  return { clock, after, advance }
}
