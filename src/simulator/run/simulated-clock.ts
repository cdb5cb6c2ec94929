import type { Clock } from '#platform/clock.ts'
import type { After } from '#platform/timer.ts'

/** Time that passes only when it is told to; what is to run later runs at its time on the way. */
export interface SimulatedClock extends Clock {
  readonly after: After
  /** Runs what is due up to and at that time, in order. Time never goes back. */
  readonly advanceTo: (ms: number) => void
}

interface Timer {
  readonly dueMs: number
  readonly run: () => void
}

export function makeSimulatedClock(startMs: number): SimulatedClock {
  let nowMs = startMs
  /** Few at a time, so a list in order of time is enough. */
  const timers: Timer[] = []
  const add = (timer: Timer): void => {
    const at = timers.findIndex(({ dueMs }) => dueMs > timer.dueMs)
    timers.splice(at < 0 ? timers.length : at, 0, timer)
  }
  return {
    wallMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    after: (delayMs, run) => {
      const timer = { dueMs: nowMs + delayMs, run }
      add(timer)
      return () => {
        const at = timers.indexOf(timer)
        if (at >= 0) timers.splice(at, 1)
      }
    },
    advanceTo: (ms) => {
      for (let first = timers[0]; first && first.dueMs <= ms; first = timers[0]) {
        timers.shift()
        nowMs = Math.max(nowMs, first.dueMs)
        first.run()
      }
      nowMs = Math.max(nowMs, ms)
    },
  }
}
