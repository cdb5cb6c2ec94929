/** The line of a box to the internet. */
export const line = {
  badges: {
    up: 'Working',
    degraded: 'Degraded',
    down: 'Down',
    unknown: 'Not known',
    silent: 'Not heard from',
    never: 'Never heard',
  },
  up: 'The internet line works and answers come.',
  unknown: 'The box has not measured its line yet.',
  /** By what is at fault. */
  degraded: {
    none: 'The internet line is slow or loses data.',
    line: 'The internet line is slow or loses data.',
    upstream: 'The line seems to work, but the DNS servers it asks are slow or fail at times.',
    agent: 'The filter itself is struggling; the line is not at fault.',
  },
  down: {
    none: 'The school cannot reach the internet.',
    line: 'The internet line is down.',
    upstream: 'The line seems to work, but no DNS server beyond it answers.',
    agent: 'The filter itself has failed; the line is not at fault.',
  },
  servers: {
    up: 'Answers',
    down: 'Does not answer',
    unknown: 'Not known',
  },
  roundTrip: '{number} ms',
  noAnswer: 'no answer',
  loss: '{number}%',
  summary:
    'Over the last 24 hours the mean round trip was {roundTrip}, and {loss} of probes were lost.',
  /** In the drawing: of what the two lines are, and how the two axes are marked. */
  drawn: {
    roundTrip: 'Round trip (ms)',
    loss: 'Lost (%)',
    atRoundTrip: '{number} ms',
    atLoss: '{number}%',
  },
  soFar: '{length} so far',
} as const

export type Drawn = (typeof line)['drawn']
