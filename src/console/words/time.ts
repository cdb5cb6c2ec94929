/** Times and lengths of time, as they stand on the wall of a school. */
export const time = {
  today: 'Today at {clock}',
  yesterday: 'Yesterday at {clock}',
  /** The same inside a sentence. */
  todayInline: 'today at {clock}',
  yesterdayInline: 'yesterday at {clock}',
  at: '{day} at {clock}',
  onAt: 'on {day} at {clock}',
  seconds: { one: '{count} second', many: '{count} seconds' },
  minutes: { one: '{count} minute', many: '{count} minutes' },
  hours: { one: '{count} hour', many: '{count} hours' },
  days: { one: '{count} day', many: '{count} days' },
} as const
