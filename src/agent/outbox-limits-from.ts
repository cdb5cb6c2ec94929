import { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from './outbox/outbox-limits.ts'
import type { Limits } from './policy/limits.ts'

/** The outbox's limits, with those that a school may set. */
export function outboxLimitsFrom(limits: Limits): OutboxLimits {
  return {
    ...DEFAULT_OUTBOX_LIMITS,
    memoryEventsMax: limits.outboxMemoryEvents,
    rowsMax: limits.outboxRows,
    requestTimeoutMs: limits.shipTimeoutMs,
  }
}
