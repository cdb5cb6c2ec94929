/** What a query may run into: a metric label, so the set is closed. */
export const LIMIT_KINDS = [
  'client-rate',
  'client-waiting',
  'zone-rate',
  'zone-waiting',
  'all-waiting',
] as const
export type LimitKind = (typeof LIMIT_KINDS)[number]
