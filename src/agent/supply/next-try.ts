import { SUPPLY_LIMITS } from './supply-limits.ts'

/** By so much of its interval a list is asked for earlier or later, so that boxes do not keep step. */
const JITTER_SHARE = 0.1

/** How long until a list that was just taken is asked for again, in milliseconds; `fraction` is random, from 0 up to 1. */
export function delayAfterSuccess(everyMs: number, fraction: number): number {
  return everyMs * (1 - JITTER_SHARE + 2 * JITTER_SHARE * fraction)
}

/** After `failures` failures in a row: a random time up to a bound that doubles, never longer than `maxMs` ("full jitter"), and never none. */
export function delayAfterFailure(failures: number, maxMs: number, fraction: number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), 30)
  const bound = Math.min(maxMs, SUPPLY_LIMITS.retryMs * 2 ** doublings)
  return Math.max(SUPPLY_LIMITS.retryLeastMs, bound * fraction)
}

/**
 * After a start: the rest of its interval for a list that was taken before, by the wall clock; a clock that was set back counts as
 * due. What is due is spread, what was never had is asked for at once.
 */
export function delayAfterStart(
  last: { readonly triedAt: number; readonly failures: number; readonly isThere: boolean },
  everyMs: number,
  at: { readonly wallMs: number; readonly fraction: number },
): number {
  if (!last.isThere) return SUPPLY_LIMITS.firstSpreadMs * at.fraction
  const ageMs = at.wallMs - last.triedAt
  const left = delayAfterSuccess(everyMs, at.fraction) - ageMs
  const isDue = ageMs < 0 || left <= 0 || last.failures > 0
  return isDue ? Math.min(SUPPLY_LIMITS.dueSpreadMs, everyMs) * at.fraction : left
}
