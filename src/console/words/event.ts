export const event = {
  title: 'Safeguarding event',
  all: 'All safeguarding events',
  updated: 'This event was updated.',
  caution: 'A device asked for this address; it does not prove the pupil saw or meant it.',
  illegal:
    'Do not investigate, look at, copy or forward anything. Keep the device as it is and call the police, CEOP or the IWF. Treat this event as restricted to the designated safeguarding lead and the head.',
  known: 'What is known',
  told: 'How it was told',
  sentence: 'A device looked up {what}. It was {outcome}.',
  /** Completes "a device looked up ..." of a category that is not known here. */
  unknownCategory: 'a site in the category “{category}”',
  blocked: 'blocked',
  watched: 'allowed and watched',
  nameWithheld: 'name withheld',
  notShown: 'Only the safeguarding lead sees this',
  facts: {
    what: 'What was looked up',
    name: 'Address asked for',
    lookups: 'Lookups',
    lookupsIn: '{lookups} in {span}',
    firstLookup: 'First lookup',
    lastLookup: 'Last lookup',
    about: 'About',
    device: 'Device',
    noDeviceName: 'No name is known',
    person: 'Person',
    deviceAddress: 'Device address',
    box: 'Box',
    list: 'List',
  },
  person: {
    unknown: 'Not known: nobody was logged on',
    unsure: 'Not sure enough to name anybody; ask school IT how the device is known',
    known: '{name} ({band}: {confidence}%)',
    knownFrom: '{name} ({band}: {confidence}%, from {source})',
  },
  history: {
    first: 'First lookup noticed',
    updated: 'Updated by the box',
    firstText: {
      one: '{count} lookup. Heard here {when}.',
      many: '{count} lookups. Heard here {when}.',
    },
    more: {
      one: '{count} more lookup, {all} in all. Heard here {when}.',
      many: '{count} more lookups, {all} in all. Heard here {when}.',
    },
    inAll: {
      one: '{count} lookup in all. Heard here {when}.',
      many: '{count} lookups in all. Heard here {when}.',
    },
  },
} as const
