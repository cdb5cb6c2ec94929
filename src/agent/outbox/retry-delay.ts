const TRY_GAP_MS = 1000

/**
 * How long to wait before the next try after `failures` failures in a row, in milliseconds: a random time between one
 * second and a bound that doubles up to `maxMs`, so that thousands of boxes that lost one collector do not come back at once.
 * `fraction` is random, from 0 up to 1.
 */
export function retryDelay(failures: number, maxMs: number, fraction: number): number {
  const bound = Math.min(maxMs, TRY_GAP_MS * 2 ** Math.min(failures, 30))
  return TRY_GAP_MS + fraction * Math.max(0, bound - TRY_GAP_MS)
}
