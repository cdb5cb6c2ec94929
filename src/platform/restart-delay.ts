const FIRST_MS = 1000
const LONGEST_MS = 30_000
/** A part that ran for so long was well: its next restart is quick again. */
const HEALTHY_MS = 60_000

/** How long to wait before a dead part is started again: 1 s, doubling to 30 s. `previousMs` is 0 for the first death. */
export function restartDelay(previousMs: number, ranForMs: number): number {
  if (ranForMs >= HEALTHY_MS || previousMs === 0) return FIRST_MS
  return Math.min(previousMs * 2, LONGEST_MS)
}
