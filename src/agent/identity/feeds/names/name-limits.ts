/** What the looking up of names may cost. */
export const NAME_LIMITS = {
  /** Addresses that wait; others are counted, and come again with the next query of their device. */
  waiting: 1_000,
  inFlight: 4,
  questionsPerSecond: 5,
  /** Addresses of which it is known whether they have a name. */
  remembered: 10_000,
  namedMs: 21_600_000,
  namelessMs: 3_600_000,
  /** Nobody answered. */
  failedMs: 300_000,
  /** A name is told for longer than it is remembered, so that it is there until it is asked again. */
  toldMs: 22_500_000,
  /** Names of one address that are confirmed. */
  candidates: 2,
} as const
