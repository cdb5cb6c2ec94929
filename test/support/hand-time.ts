import type { Clock } from '#platform/clock.ts'
import type { After } from '#platform/timer.ts'

export const WALL_START: number = Date.UTC(2026, 10, 20, 9)

export interface HandTime {
  readonly clock: Clock
  readonly after: After
  readonly advance: (ms: number) => void
  /** Timers that are armed. */
  readonly armed: () => number
}

/** A clock and timers that move only when they are told to; `wallStart`: wall time at which it begins, in milliseconds since the epoch. */
export function handTime(wallStart: number = WALL_START): HandTime {
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
  return { clock, after, advance, armed: () => timers.length }
}
