import type { Observation } from '#safeguarding/judge.ts'

/** A Tuesday morning. */
export const SCORED_AT: number = Date.UTC(2026, 10, 24, 10)

export const MINUTES = 60_000
export const DAYS = 86_400_000

let made = 0

/** One blocked self-harm site, asked for once by somebody who is known for certain, with what is given instead. */
export function makeObservation(given: Partial<Observation> = {}): Observation {
  made++
  return {
    event: `event-${made}`,
    at: SCORED_AT,
    category: 'harm.selfharm',
    site: 'bad.test',
    isBlocked: true,
    lookups: 1,
    distinctNames: 1,
    intent: 50,
    moment: 'school-day',
    isNew: false,
    confidence: 95,
    isSnoozed: false,
    ...given,
  }
}
