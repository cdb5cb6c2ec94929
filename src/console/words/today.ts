export const today = {
  title: 'Today',
  updated: 'The first page was updated.',
  needed: { one: '{count} alert needs you now', many: '{count} alerts need you now' },
  withYou: { one: '{count} alert is with you', many: '{count} alerts are with you' },
  newCaption: 'New alerts, the gravest first',
  allNew: 'All {count} that are new',
  noBox: 'No box reports here yet',
  noBoxUntil:
    'School IT sets boxes up. As soon as one reports, this page says so; until then nothing is noticed.',
  notAllHeard: 'No alert waits, but not everything was heard',
  noProof: 'This is no proof that nothing happened.',
  noProofSee: 'This is no proof that nothing happened. {link}.',
  atFaultLink: 'See which box is at fault',
  nothing: 'Nothing needs you',
  partial: 'That says nothing of alerts that are shown to others.',
  inHand: 'In hand: {count}',
  inHandCaption: 'Alerts that somebody has seen, the gravest first',
  allOpen: 'All open alerts',
  later: 'When there is time',
  low: {
    one: '{count} Low alert, for the weekly digest',
    many: '{count} Low alerts, for the weekly digest',
  },
  elsewhere: {
    one: '{count} open alert is about staff, and for the head or the chair of governors alone',
    many: '{count} open alerts are about staff, and for the head or the chair of governors alone',
  },
  demotions: {
    one: 'One theme is proposed to be told one severity lower: accept or refuse',
    many: '{count} themes are proposed to be told one severity lower: accept or refuse',
  },
  decisions: {
    one: '{count} decision about the filter to review',
    many: '{count} decisions about the filter to review',
  },
  checks: {
    one: '{count} check of the filter with something left to do',
    many: '{count} checks of the filter with something left to do',
  },
  works: 'What shows that it works',
  cannot: 'What it cannot notice',
} as const
