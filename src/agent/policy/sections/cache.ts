import type { z } from 'zod'
import { type Complaint, complaint } from '../complaint.ts'
import { block, flag } from '../fields.ts'
import { LIMIT_BOUNDS, limitKey } from '../limits.ts'
import type { LimitsSection } from './services.ts'

export interface CacheSection {
  readonly save?: boolean | undefined
  readonly prefetch?: boolean | undefined
  readonly 'nxdomain-below'?: boolean | undefined
}

/** `cache`: what is done with answers beside keeping them. */
export const cacheSection: z.ZodType<CacheSection> = block({
  save: flag().optional(),
  prefetch: flag().optional(),
  'nxdomain-below': flag().optional(),
})

/** No TTL can be both at least the one and at most the other. */
export function checkTtlLimits(limits: LimitsSection): readonly Complaint[] {
  const [min, max] = [limitKey('cacheTtlMinSeconds'), limitKey('cacheTtlMaxSeconds')]
  const least = limits[min] ?? LIMIT_BOUNDS.cacheTtlMinSeconds.default
  const most = limits[max] ?? LIMIT_BOUNDS.cacheTtlMaxSeconds.default
  if (least <= most) return []
  return [complaint(['limits', min], `a whole number from 0 to ${most}`, `${max} is ${most}`)]
}
