/** What is written on the badges. */
export const severities = {
  critical: 'Critical',
  urgent: 'Urgent',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
} as const
