/** One device, with all that is known of it. */
export const device = {
  title: 'Device',
  back: 'All devices',
  updated: 'This device was updated.',
  nothingKnown: 'Nothing tells who or what this is; only its group is known.',
  whoIsKnown: 'It is known who uses this device: {sure}. An alert may name the person.',
  whoIsUnsure:
    'It is known what this device is, but not surely who uses it: {sure}. An alert about it names no child.',
  whoIsUnknown:
    'It is known what this device is, but not who uses it: {sure}. An alert about it names no child.',
  known: 'What is known, and from where',
  facts: {
    name: 'Name',
    person: 'Person',
    mac: 'Hardware address',
    noMac: 'Not known: a router stands between the device and the box',
    madeUpMac: '{mac}, made up by the device',
    maker: 'Made by',
    hiddenMaker: 'Cannot be told: the address is made up',
    vendorClass: 'Calls itself in DHCP',
    fingerprint: 'Asks DHCP for',
    network: 'Network',
    firstSeen: 'First seen',
    lastSeen: 'Last seen',
  },
  from: 'From {source}, since {when}',
  addresses: 'Its addresses',
  newest: 'newest',
  noAddress: 'None at the moment.',
  bypass: {
    heading: 'What it does round the filter',
    lastSeen: 'Last seen',
    noProof:
      'A device does much by itself. This does not prove that somebody meant to go round the filter.',
    nothing: 'Nothing was noticed in the last hours.',
    notWatched: 'The box watches no network, so it would notice only what it is asked itself.',
    notWatchedLink: 'How to let it watch',
  },
  advice: {
    heading: 'What would make it better known',
    guide: 'The guide says how',
    nothing: 'Nothing: it is known as well as it can be.',
  },
} as const
