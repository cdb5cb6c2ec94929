/** How fast a person must hear of something, the gravest first. */
export const SEVERITIES = ['critical', 'urgent', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]
