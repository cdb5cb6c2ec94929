export const report = {
  title: 'Half-term report',
  paperTitle: 'Half-term report on filtering and monitoring',
  span: 'From {from} to {to}. It names nobody.',
  asDocument: 'Take it as a document (PDF)',
  simulated: 'Simulated: some of it was made by a simulator.',
  alerts: 'Alerts',
  lastDayFirst: 'The last day must not be before the first',
  tooLong: 'Choose at most {days} days',
  notSaid: {
    heading: 'What these figures do not say',
    risk: 'How many children are at risk: a device asked for a name, and nothing else is known.',
    schools:
      'How one school compares with another: more alerts may mean better lists, or more devices.',
    elsewhere: 'Anything of phones on mobile data and of what was asked for at home.',
  },
  answered: {
    caption: 'How soon people answered: half of them within',
    acknowledged: 'Acknowledged',
    closed: 'Closed',
    nobody: 'None',
    ifNone: 'No alert was opened.',
  },
  right: {
    caption: 'How often an alert was right',
    closed: 'Closed',
    concern: 'A concern',
    wrong: 'False',
    share: 'Share that was a concern',
    ifNone: 'No alert was closed.',
  },
  weeks: {
    caption: 'Alerts opened, by theme and the {step} from',
    week: 'week',
    fourWeeks: 'four weeks',
    opened: 'Opened',
  },
} as const
