/** So many at once, and so many a second after that. */
export interface Allowance {
  /** Takes one; false where none is left. */
  readonly take: (nowMs: number) => boolean
  /** How often none was left. */
  readonly refused: () => number
}

export function makeAllowance(atOnce: number, perSecond: number): Allowance {
  let left = atOnce
  let lastMs = 0
  let refused = 0
  return {
    take: (nowMs) => {
      left = Math.min(atOnce, left + (Math.max(0, nowMs - lastMs) * perSecond) / 1000)
      lastMs = nowMs
      if (left < 1) {
        refused++
        return false
      }
      left--
      return true
    },
    refused: () => refused,
  }
}
