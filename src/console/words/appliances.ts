/** The boxes and their lines. */
export const appliances = {
  heading: 'Appliances',
  updated: '{name} was updated.',
  empty: 'No box is enrolled',
  emptyText:
    'Put the enrolment file of a box into the collector’s folder. The box then appears here.',
  needs: {
    heading: 'What needs you',
    nothing: 'Nothing needs you: each box works and is set up.',
    updated: 'What needs you was updated.',
    /** Of a box of which nothing is heard. */
    seeThatItRuns: 'See that it has power and a network, and can reach this console.',
    gaps: 'Some of its reports are missing: see its card below.',
    dropped: {
      one: '{count} event could not be kept on the box.',
      many: '{count} events could not be kept on the box.',
    },
    setup: 'Setup check: {what}',
    more: { one: '{count} more box needs you.', many: '{count} more boxes need you.' },
  },
  pages: 'Pages of appliances',
  first: 'First appliances',
  more: 'More appliances',
  since: 'It has been so since {when}.',
  never: 'This box is enrolled but has never reported.',
  silent:
    'Not heard from since {when}: the agent or the line to us is down. The box may still be filtering.',
  gaps: 'Reports are missing',
  gap: {
    safeguarding: {
      one: '{count} safeguarding event missing after number {after}: later ones came, these did not yet.',
      many: '{count} safeguarding events missing after number {after}: later ones came, these did not yet.',
    },
    operations: {
      one: '{count} report on the line and the box missing after number {after}: later ones came, these did not yet.',
      many: '{count} reports on the line and the box missing after number {after}: later ones came, these did not yet.',
    },
  },
  hidden: 'A server hides the school',
  link: {
    heading: 'Round trip and loss, last 24 hours',
    byHour: 'The same by the hour',
    region: 'Round trip and loss of {name} by the hour',
    caption: 'Round trip and loss by the hour, newest first',
    hour: 'Hour from',
    roundTrip: 'Round trip',
    lost: 'Lost',
    empty: 'No measurement has arrived in the last 24 hours.',
  },
  upstreams: {
    heading: 'DNS servers it asks',
    caption: 'DNS servers that {name} asks',
    server: 'Server',
  },
  lastHeard: 'Last heard',
  facts: {
    locked: 'Illegal content',
    software: 'Software',
    softwareIs: '{version} on Node {node}',
    running: 'Running for',
    about: 'More about this box',
    policy: 'Fingerprint of its policy',
    waiting: 'Waiting to be sent',
    dropped: 'Could not be kept',
  },
  outages: {
    heading: 'Outages',
    when: '{when}, for {length}',
    empty: 'None recorded.',
  },
  bypass: 'What went round the filter, last 24 hours',
  links: {
    setup: 'Setup check',
    knowledge: 'What this box knows',
    devices: 'Its devices',
    networks: 'Its networks',
  },
} as const
