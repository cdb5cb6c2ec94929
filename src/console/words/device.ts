/** One device, with all that is known of it. */
export const device = {
  title: 'Device',
  back: 'All devices',
  updated: 'This device was updated.',
  known: 'What is known, and from where',
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
