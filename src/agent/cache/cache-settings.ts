import type { TtlLimits } from '#wire/ttl-limits.ts'
import type { ReadyConfig } from '../policy/ready-config.ts'
import type { AnswerCacheLimits } from './answer-cache.ts'
import type { RenewalLimits } from './renewal.ts'

/** What a cache may hold that has one share in `share` of what the school allows. */
export function cacheLimitsFrom({ limits }: ReadyConfig, share: number): AnswerCacheLimits {
  const ttl: TtlLimits = {
    minSeconds: limits.cacheTtlMinSeconds,
    maxSeconds: limits.cacheTtlMaxSeconds,
    negativeMaxSeconds: limits.cacheNegativeTtlMaxSeconds,
  }
  return {
    entriesMax: Math.ceil(limits.cacheEntries / share),
    bytesMax: Math.ceil(limits.cacheBytes / share),
    ttl,
  }
}

/** Undefined where nothing is to be renewed before its time is over. */
export function renewalLimitsFrom({ cache, limits }: ReadyConfig): RenewalLimits | undefined {
  if (!cache.prefetch) return undefined
  return {
    asksMin: limits.prefetchAsks,
    inFlightMax: limits.prefetchesInFlight,
    perSecondMax: limits.prefetchesPerSecond,
  }
}
