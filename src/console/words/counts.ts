/** What many pages count. */
export const counts = {
  alerts: { one: '{count} alert', many: '{count} alerts' },
  events: { one: '{count} event', many: '{count} events' },
  lookups: { one: '{count} lookup', many: '{count} lookups' },
  sites: { one: '{count} site', many: '{count} sites' },
  points: { one: '{count} point', many: '{count} points' },
  days: { one: '{count} day', many: '{count} days' },
  devices: { one: '{count} device', many: '{count} devices' },
} as const
