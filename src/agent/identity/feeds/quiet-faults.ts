import { LRUCache } from 'lru-cache'
import type { FeedParts } from './feed-parts.ts'

const AGAIN_AFTER_MS = 3_600_000
/** Matters remembered; one that is forgotten is told once more. */
const MATTERS_MAX = 256

export type TellFault = (matter: string, text: string) => void

/**
 * Faults that a stranger's packet may bring about ten thousand times: each matter is told once an hour. `text` holds nothing of
 * a pupil's.
 */
export function makeQuietFaults(
  part: string,
  { clock, log, faults }: Pick<FeedParts, 'clock' | 'log' | 'faults'>,
): TellFault {
  const toldAt = new LRUCache<string, number>({ max: MATTERS_MAX })
  return (matter, text) => {
    const now = clock.monotonicMs()
    const before = toldAt.get(matter)
    if (before !== undefined && now - before < AGAIN_AFTER_MS) return
    toldAt.set(matter, now)
    faults.add(part, text)
    log.warn({ detail: text }, part)
  }
}
