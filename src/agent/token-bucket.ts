import { LRUCache } from 'lru-cache'

export interface BucketOptions {
  /** Tokens of a full bucket. */
  readonly tokens: number
  /** Time in which an empty bucket is full again. */
  readonly refillMs: number
  /** Buckets remembered; the one that was used longest ago is forgotten, and is then full. */
  readonly keysMax: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Tells whether one more is allowed for a key. Allocates once a key. */
export function makeBuckets({
  tokens,
  refillMs,
  keysMax,
}: BucketOptions): (key: string, nowMs: number) => boolean {
  const buckets = new LRUCache<string, Bucket>({ max: keysMax })
  return (key, nowMs) => {
    const bucket = buckets.get(key) ?? { tokens, atMs: nowMs }
    const gained = (Math.max(0, nowMs - bucket.atMs) * tokens) / refillMs
    bucket.tokens = Math.min(tokens, bucket.tokens + gained)
    bucket.atMs = nowMs
    buckets.set(key, bucket)
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}
