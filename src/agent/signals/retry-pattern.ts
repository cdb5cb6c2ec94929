import { SECOND, ticksBetween } from './ticks.ts'

/** A person tries again after so long, not sooner and not later. */
const RETRY_MIN: number = 5 * SECOND
const RETRY_MAX: number = 120 * SECOND
/** So many times at least: one so soon may be a slip. */
const RETRIES_MIN = 2
/** Later than this one is enough: a slip is put right at once. */
const RETRY_ALONE_MIN: number = 10 * SECOND
/**
 * When Chromium loads an error page again by itself: 1, 5, 30, 60 and 300 s after the last time (`NetErrorAutoReloader` in
 * components/error_page). The first falls together with the lookup before it.
 */
const RELOADS: readonly number[] = [5 * SECOND, 30 * SECOND, 60 * SECOND, 300 * SECOND]
/** A machine's timer is so exact: by a share of its time, and at least by so much. */
const EXACT_SHARE = 0.03
const EXACT_MIN: number = 0.4 * SECOND
/** A reload comes later than its timer says: the answer takes its time, and the first reload may have been told apart or not. */
const RELOAD_LATE: number = 1.5 * SECOND
/** So many equal gaps are a program that asks by the clock. */
const BEACON_GAPS = 4

/** What the times of one name's lookups look like. */
export type RetryPattern =
  | 'none'
  /** As people try again. */
  | 'retries'
  /** As browsers load an error page again. */
  | 'reloads'
  /** As programs ask by the clock. */
  | 'beacon'

/** The pattern of lookups of one name by one client; `ticks` ascend, and what is one lookup stands once. */
export function retryPattern(ticks: readonly number[]): RetryPattern {
  let rung = 0
  let retries = 0
  let isMeant = false
  let equal = 0
  let others = 0
  let before = 0
  for (let i = 1; i < ticks.length; i++) {
    const gap = ticksBetween(ticks[i - 1] ?? 0, ticks[i] ?? 0)
    const next = rungOf(gap, rung)
    if (isEqual(gap, before)) equal++
    else if (next > rung) rung = next
    else if (gap >= RETRY_MIN && gap <= RETRY_MAX) {
      retries++
      if (gap >= RETRY_ALONE_MIN && !isOwnReload(gap)) isMeant = true
    } else others++
    before = gap
  }
  if (retries >= RETRIES_MIN || (isMeant && equal === 0)) return 'retries'
  // The first of equal gaps is not known for one.
  if (equal >= BEACON_GAPS - 1 && retries + others <= 1) return 'beacon'
  return rung > 0 || equal > 0 ? 'reloads' : 'none'
}

/** Whether a browser may have loaded its error page again by itself so long after the lookup before. */
export function isOwnReload(gap: number): boolean {
  return RELOADS.some((reload) => isReload(gap, reload))
}

/** How far up the browser's reloads a gap leads; `rung` where it is none of them. */
function rungOf(gap: number, rung: number): number {
  const expected = RELOADS[rung]
  return expected !== undefined && isReload(gap, expected) ? rung + 1 : rung
}

function isReload(gap: number, expected: number): boolean {
  return gap >= expected - EXACT_MIN && gap <= expected + RELOAD_LATE
}

function isEqual(gap: number, before: number): boolean {
  return before > 0 && Math.abs(gap - before) <= Math.max(EXACT_MIN, before * EXACT_SHARE)
}
