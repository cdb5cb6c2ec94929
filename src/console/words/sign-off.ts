/** Signing the yearly review. */
export const signOff = {
  heading: 'Signed off',
  nobody: 'Nobody has signed this review here.',
  signedBy: 'Signed off by {name}, {role}, on {on}.',
  on: '{day} at {clock}',
  replaced: 'A later sign-off stands in its place.',
  said: 'On its limits, and what is to be done',
  figures: 'The figures since then',
  same: 'They are as they were signed.',
  changed: 'Changed since it was signed: {parts}.',
  mark: 'Mark of what was signed (SHA-256)',
  formHeading: 'Sign this review',
  formText:
    'You sign as {name}, {role}, for the days above and the figures as they are now. It cannot be taken back; another sign-off can stand in its place.',
  label: 'What do you say to its limits, and what is to be done?',
  hint: 'Such as: IT tries the filter on pupils’ tablets every half-term; the head asks the internet provider about illegal pages by June. No pupil’s name.',
  ifEmpty: 'Write what you say to its limits and what is to be done, or that nothing is',
  button: 'Sign it off',
} as const
