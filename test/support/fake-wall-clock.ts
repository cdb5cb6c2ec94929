import type { Clock } from '#platform/clock.ts'

/** A clock that moves when told; both its hands move together. */
export interface FakeWallClock extends Clock {
  readonly advance: (ms: number) => void
}

export function makeFakeWallClock(startMs: number = Date.now()): FakeWallClock {
  let now = startMs
  return {
    wallMs: () => now,
    monotonicMs: () => now - startMs,
    advance: (ms) => {
      now += ms
    },
  }
}
