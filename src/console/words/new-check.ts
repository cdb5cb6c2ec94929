/** The two pages by which a person makes a check. */
export const newCheck = {
  title: 'Check the filter',
  hint: 'Have the device beside you, on the network and signed in as it is used in lessons. This page may be open on your own phone.',
  tryTitle: 'Try it',
  again: 'Begin again',
  openName: 'On the device, open a new tab and type this as an address:',
  openSite: 'On the device, open a site that your lessons need.',
  expected: 'What should happen: {expected}.',
  thenSay: 'Wait a few seconds, then say below what you saw.',
  thenSayNoticed:
    'Wait a few seconds, then say below what you saw. What the boxes noticed meanwhile is added by itself.',
  keep: 'Keep this check',
} as const
