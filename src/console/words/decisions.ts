export const decisions = {
  title: 'Decisions',
  hint: 'What the school decided about its filter and monitoring, and why. Nothing here is changed: what comes later is added.',
  due: {
    one: '{count} decision is due for review.',
    many: '{count} decisions are due for review.',
  },
  seeDue: { one: 'See it', many: 'See them' },
  about: 'About',
  reviewDue: 'Review is due',
  inForce: 'In force',
  ended: 'Ended',
  reviewBy: 'Review by {day}',
  madeBy: '{who}, {day}',
  areas: {
    blocked: 'What is blocked',
    allowed: 'What is allowed',
    monitoring: 'Monitoring and alerts',
    people: 'Who does what',
    devices: 'Devices and networks',
    other: 'Something else',
  },
  cut: 'Older decisions are kept, but not shown.',
  noneMatches: 'No decision matches',
  showAll: '{link}.',
  showAllLink: 'Show all',
  nothingYet: 'Nothing is written down yet',
  noneMayDecide:
    'The Department for Education asks that senior leaders document what is blocked or allowed, and why. Begin with who is responsible, and with what each group may not have.',
  noneByOthers:
    'The Department for Education asks that senior leaders document what is blocked or allowed, and why. The safeguarding lead, the head or the chair of governors writes decisions down.',
} as const
