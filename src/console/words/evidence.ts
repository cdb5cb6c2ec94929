/** Pages by which a school shows that its filter works. */
export const evidence = {
  label: 'Evidence',
  checks: 'Checks',
} as const
