/** The strip that proves that silence means that nothing happened. */
export const proof = {
  noBox: 'No box is enrolled yet,',
  noBoxSo: 'so nothing can be noticed.',
  oneOnline: 'The box is online and reporting.',
  bothOnline: 'Both boxes are online and reporting.',
  allOnline: 'All {count} boxes are online and reporting.',
  someOnline: {
    one: '{online} of {count} box is online.',
    many: '{online} of {count} boxes are online.',
  },
  othersLater: 'What the others notice will arrive when they are back.',
  strugglingSee: {
    one: 'The filter itself has a fault on {count} box: see {link}.',
    many: 'The filter itself has a fault on {count} boxes: see {link}.',
  },
  strugglingAsk: {
    one: 'The filter itself has a fault on {count} box: ask IT.',
    many: 'The filter itself has a fault on {count} boxes: ask IT.',
  },
  refused:
    'Events of a box were refused and it may hold back later ones: see the last faults under {link}.',
  refusedLink: 'how it knows',
  blind: {
    one: 'No list installed for {count} theme: {link}.',
    many: 'No list installed for {count} themes: {link}.',
  },
  blindLink: 'see what cannot be noticed',
  missingSee: 'Some reports are missing: see {link}.',
  missingAsk: 'Some reports are missing: ask IT.',
  appliancesLink: 'appliances',
  lastReport: 'Last report:',
} as const
