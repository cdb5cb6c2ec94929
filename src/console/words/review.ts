export const review = {
  title: 'Yearly review',
  paperTitle: 'Yearly review of filtering and monitoring',
  hint: 'What there is to show of filtering and monitoring, for leaders and governors. It names no pupil.',
  contents: 'On this page',
  span: 'From {from} to {to}.',
  asDocument: 'Take it as a document to print and sign (PDF)',
  subtitle: '{from} to {to}. It names no pupil.',
  /** Where nobody said whose it is. */
  ours: 'SuperCloud Edge',
  footer: '{school}. Made on {date} at {time} by {who}.',
} as const
