/** What the collector writes down by itself, and what stands where a person wrote nothing; kept as it was written. */
export const alertHistory = {
  judged: 'judged {severity}',
  judgedAgain: 'judged {severity} after it was closed',
  seenAgain: 'seen again',
  seenAgainClosed: 'seen again after it was closed',
  concerns: '{concerns} of {labels} closed alerts were a concern',
  endedEarly: 'ended before its time',
  assigned: 'to {to}',
  escalated: 'to {to}: {why}',
  /** Stands between the reason, what was done and the outcome. */
  between: ' / ',
  erased: 'closed without a concern, and kept for as long as that is',
  deleted: 'low, and kept for as long as that is',
  trial: {
    reason: 'A test of the filter with a made-up name',
    action: 'None needed',
    outcome: 'Nothing further',
  },
  low: {
    reason: 'Low: looked at in the list',
    action: 'None needed',
    outcome: 'Nothing further',
  },
} as const
