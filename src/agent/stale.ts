/** What is known from before, for when no upstream answers (RFC 8767). */
import type { CacheEntry } from './cache/cache-entry.ts'
import type { Answer, Query } from './query.ts'

/** For so long after its time an answer is better than none (RFC 8767 section 4: one to three days). */
const STALE_MS_MAX = 86_400_000
/** How long a client waits for a newer answer than a stale one (RFC 8767 section 5). */
export const PATIENCE_MS = 1_800
/** For so long the upstreams are not asked again after they have not answered (RFC 8767 section 5). */
const RETRY_MS = 30_000

/** Whether an entry whose time is over may still serve. */
export function mayServeStale(entry: CacheEntry | undefined, nowMs: number): entry is CacheEntry {
  return entry !== undefined && nowMs - entry.expiresAtMs < STALE_MS_MAX
}

/** Whether the upstreams are left alone about it, because the last time none answered. */
export function isRetryFar(entry: CacheEntry, nowMs: number): boolean {
  return nowMs < entry.retryAtMs
}

export function noteSilence(entry: CacheEntry, nowMs: number): void {
  entry.retryAtMs = nowMs + RETRY_MS
}

export function answerStale(query: Query, entry: CacheEntry): Answer {
  query.result = 'stale'
  return query.answer.setStored(entry, 'stale')
}
