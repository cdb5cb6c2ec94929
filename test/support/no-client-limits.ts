/** `limits` of a configuration for one client that stands for a whole school: it may ask as much as it can. */
export const NO_CLIENT_LIMITS: Readonly<Record<string, number>> = {
  'client-queries-per-second': 1_000_000,
  'client-query-burst': 1_000_000,
  'client-queries-waiting': 65_536,
  'zone-questions-in-flight': 65_536,
  'zone-misses-per-second': 1_000_000,
}
