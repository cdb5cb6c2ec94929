import { get32, put32 } from './put.ts'
import type { StoredAnswer } from './stored-answer.ts'

/** Between which TTLs an answer is kept, in seconds. */
export interface TtlLimits {
  /** Of an answer that has records; what is shorter is kept for so long, TTL 0 too. */
  readonly minSeconds: number
  readonly maxSeconds: number
  /** Of a "no" (RFC 2308 section 5). */
  readonly negativeMaxSeconds: number
}

/** What holds unless the school says otherwise. */
export const DEFAULT_TTL_LIMITS: TtlLimits = {
  minSeconds: 0,
  maxSeconds: 86_400,
  negativeMaxSeconds: 3_600,
}

/** The answer with every TTL within the limits; the very same where all of them are, as most are. */
export function limitTtls(stored: StoredAnswer, limits: TtlLimits): StoredAnswer {
  if (stored.keeping === 'never') return stored
  const isNegative = stored.keeping === 'negative'
  const least = isNegative ? 0 : limits.minSeconds
  const most = isNegative
    ? Math.min(limits.maxSeconds, limits.negativeMaxSeconds)
    : limits.maxSeconds
  const limit = (ttl: number): number => Math.min(most, Math.max(least, ttl))
  const { ttlOffsets } = stored
  if (ttlOffsets.every((at) => limit(get32(stored.wire, at)) === get32(stored.wire, at)))
    return stored
  const wire = Buffer.from(stored.wire)
  for (const at of ttlOffsets) put32(wire, limit(get32(wire, at)), at)
  return { ...stored, wire, ttlSeconds: limit(stored.ttlSeconds) }
}
