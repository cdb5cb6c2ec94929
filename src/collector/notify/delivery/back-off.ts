import { NOTIFY_LIMITS } from '../notify-limits.ts'

const GROWTH = 3
const JITTER = 0.4

/** How long to wait after so many failures, in milliseconds: 5 s, 15 s, 45 s ... 15 min, a fifth more or less by `chance` from 0 to 1. */
export function backOffMs(failures: number, chance: number): number {
  const { backOffFirstMs, backOffMaxMs } = NOTIFY_LIMITS
  const plain = Math.min(backOffFirstMs * GROWTH ** Math.max(0, failures - 1), backOffMaxMs)
  return Math.round(plain * (1 - JITTER / 2 + JITTER * chance))
}
