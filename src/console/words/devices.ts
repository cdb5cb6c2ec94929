/** The devices that a box knows. */
export const devices = {
  title: 'Devices',
  filter: {
    box: 'Box',
    text: 'Name, person or address',
    network: 'Network',
    howSure: 'How sure',
    only: 'Only',
    choices: {
      new: 'New in the last 24 hours',
      unknown: 'Not known at all',
      random: 'With a made-up address',
      round: 'Goes round the filter',
    },
    /** Above the text that is looked for. */
    chosenText: 'Text',
  },
  updated: 'The list of devices was updated.',
  kept: {
    heading: 'What is kept here, for how long, and who sees it',
    what: 'Names of devices and of people who use them are personal data. The box tells this console of the devices that it knows now: addresses, names, the person, group, maker, when first and last seen, and what goes round the filter. Never what was looked up.',
    howLong:
      'Each list replaces the one before. A device that was not seen for {days} days is deleted here, even when its box is silent. Nothing of this is in metrics or logs.',
    who: 'The safeguarding leads and school IT see it, and who looked is on record.',
  },
  counted: 'Devices of this box, counted',
  tiles: {
    new: '{count} new in 24 hours',
    unknown: '{count} not known',
    random: '{count} with a made-up address',
    round: '{count} going round the filter',
  },
  noLogons: 'Nobody logs on here: RADIUS is not set up, so no person is known by a logon.',
  noLogonsLink: 'How to set it up',
  csv: 'Download as CSV',
  csvAll: ', all that match',
  found: {
    range: '{first} to {last} of {count} devices',
    match: { one: '{count} device matches, of {all}', many: '{count} devices match, of {all}' },
    matchRange: '{first} to {last} of {count} devices match, of {all}',
  },
  caption: 'Devices by name',
  device: 'Device',
  howSure: 'How sure',
  person: 'Person and group',
  where: 'Where and when',
  goesRound: 'Goes round: {grade}',
  fresh: 'New',
  madeUp: 'Made-up address',
  noPerson: 'No person known',
  noNetwork: 'Network not known',
  seen: 'Seen {when}',
  notTold: 'No box has told of its devices yet',
  notToldText:
    'A box that knows its devices tells this console a minute after it starts, and this page then shows them by itself.',
  empty: 'No device has asked yet',
  emptyText:
    '{box} is there, but nobody asks it. Name the box as DNS server in your DHCP server (option 6), or point the server that your devices ask at it.',
  emptyLink: 'Where the box can stand, and what it then knows',
  noMatch: 'No device matches these filters',
  showAll: 'Show all devices',
  pages: 'Pages of devices',
} as const
