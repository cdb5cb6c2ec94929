import type { Libc } from '#platform/ffi/libc.ts'
import type { AnswerCache, AnswerCacheLimits } from '../cache/answer-cache.ts'
import type { RenewalLimits } from '../cache/renewal.ts'
import type { AskedCount } from '../identity/asked-counts.ts'
import type { ClientLimitValues } from '../limits/client-limits.ts'
import type { ZoneLimits } from '../limits/zone-limits.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { BlockedLookup } from '../signals/blocked-lookup.ts'
import type { PreferredUpstreams } from '../upstream/upstream-pool.ts'
import type { UpstreamReport } from '../upstream/upstream-report.ts'
import type { CookieSettings } from './fast-task.ts'

/** What a worker's lane is made of. */
export interface LaneParts {
  readonly libc: Libc
  readonly keeper: PolicyKeeper
  readonly cache: AnswerCache
  readonly cacheLimits: AnswerCacheLimits
  readonly renewal: RenewalLimits | undefined
  readonly coversBelow: boolean
  /** Whom the worker may ask by itself, as it is now. */
  readonly upstreams: () => PreferredUpstreams
  /** Told of how they have done. */
  readonly learn: (report: UpstreamReport) => void
  /** Questions that the worker may have on their way upstream at once. */
  readonly flightsMax: number
  readonly hashKeyFile: string
  readonly cookies: CookieSettings
  readonly limits: ClientLimitValues
  /** Of the main thread, which count with the worker's; and the worker's side in their memory. */
  readonly zones: ZoneLimits
  readonly side: number
  readonly record: (lookup: BlockedLookup) => void
  /** Told once in a while who has asked this worker. */
  readonly onAsked: (counts: readonly AskedCount[]) => void
  readonly onFault: (text: string) => void
}
