import type { Clock } from '#platform/clock.ts'

/**
 * The time as the identity table keeps it, in whole numbers, which take no memory of their own: monotonic milliseconds for what
 * expires, wall seconds for people.
 */
export interface Moment {
  readonly nowMs: number
  readonly wallSeconds: number
}

export function momentOf(clock: Clock): Moment {
  return {
    nowMs: Math.round(clock.monotonicMs()),
    wallSeconds: Math.floor(clock.wallMs() / 1000),
  }
}
