/** How fast a person must hear of something, the gravest first. */
export const SEVERITIES = ['critical', 'urgent', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** How soon somebody has to say that they have seen it, before the next person is told. */
export interface SeverityClock {
  readonly ackWithinMs: number
  /** Completes "to be seen ..." for a person. */
  readonly says: string
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Defaults; a school may only make them shorter. They run in the hours in which the school says that somebody looks. */
export const SEVERITY_CLOCKS: Readonly<Record<Severity, SeverityClock>> = {
  critical: { ackWithinMs: 15 * MINUTE_MS, says: 'within 15 minutes' },
  urgent: { ackWithinMs: HOUR_MS, says: 'within the hour' },
  high: { ackWithinMs: 8 * HOUR_MS, says: 'the same day' },
  medium: { ackWithinMs: 2 * DAY_MS, says: 'within two school days' },
  low: { ackWithinMs: 7 * DAY_MS, says: 'within the week' },
}

/** Whether one severity is graver than another. */
export function isGraver(one: Severity, other: Severity): boolean {
  return SEVERITIES.indexOf(one) < SEVERITIES.indexOf(other)
}

/** The graver of two severities, either of which may be missing. */
export function graverOf(
  one: Severity | undefined,
  other: Severity | undefined,
): Severity | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return isGraver(one, other) ? one : other
}

/** One severity down; the lowest stays. */
export function lowered(severity: Severity): Severity {
  return SEVERITIES[SEVERITIES.indexOf(severity) + 1] ?? severity
}
