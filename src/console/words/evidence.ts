/** Pages by which a school shows that its filter works. */
export const evidence = {
  label: 'Evidence',
  checks: 'Checks',
  fullTitle: 'Nothing more can be kept',
  fullText: 'As many checks and decisions are kept as fit. Ask whoever looks after this console.',
} as const
