/** The networks of a box, and how well who asks from each is known. */
export const networks = {
  heading: 'Networks',
  tabs: 'Devices and networks',
  tabDevices: 'Devices',
  updated: 'The networks were updated.',
  /** What the addresses in none of them are called. */
  other: 'In no network of yours',
  card: {
    group: 'group {group}',
    wellKnown: {
      one: '{share} of {count} address that asked within the last day is known well: strong or certain.',
      many: '{share} of {count} addresses that asked within the last day are known well: strong or certain.',
    },
    nobodyAsked: 'No address in it has asked within the last day.',
    underOne: 'Under 1%',
    hidden: 'A hidden school',
    hiddenText:
      'One address, {address}, asks {share} of all the questions, since {when}. It is probably a server that asks for everybody behind it: to the box they are one device, in one group, and no alert can say who it was.',
    figures: 'The same in figures',
    figuresOf: 'for {network}',
    region: 'How well {network} is known',
    howSure: 'How sure',
    addresses: 'Addresses',
    queries: 'Queries',
    namesNobody: 'An alert names nobody who is not known strongly or better.',
    forwarders: 'Asks for others, and is believed about whom: {servers}',
    advice: 'What to change',
    how: 'How',
    noAdvice: 'Nothing to change.',
    in: 'in {network}',
  },
  unconfigured: 'No network is configured',
  unconfiguredText:
    'Every local address is treated as the strictest pupil group. Add your networks to the configuration of the box, each with its group.',
  empty: 'No box has told of its networks yet',
  emptyText:
    'A box tells this console a minute after it starts, and this page then shows it by itself.',
} as const
