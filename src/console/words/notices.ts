/** Which of somebody's browsers are told of alerts. */
export const notices = {
  heading: 'Your notices',
  text: 'A browser can tell you of an alert, also on a phone that is locked. It says only that something waits: no name, no theme, no site.',
  you: 'You are told as {person}, for your e-mail address {email}.',
  notTold: {
    you: 'You are not told yet',
    nobody: 'Nobody is told yet',
    notThere:
      'School IT keeps a list of the people who are told of alerts. Your e-mail address, {email}, is not in it.',
    noFile: 'School IT keeps a list of the people who are told of alerts. There is none yet.',
    assigned: 'You are told of alerts that are assigned to you',
    assignedBy: 'By e-mail to {email}, in a message that names nobody.',
    ask: 'Ask them to enter you with your role and this very address, then come back to this page.',
  },
  here: {
    heading: 'This browser',
    off: 'Notices are off: switching them on needs JavaScript, which this browser does not run here.',
    label: 'What is this browser?',
    labelHint: 'So that you know it again, such as: my phone',
    nameless: 'A browser',
    submit: 'Switch notices on',
  },
  places: {
    heading: 'Your browsers that are told',
    by: 'By {service}, since {when}',
    remove: 'Tell it no more',
    own: 'Nobody else sees or ends these. Test it with the weekly drill: it comes to every browser that stands here.',
  },
  problems: {
    notThere: 'Your e-mail address is not in the list of people who are told',
    noSubscription: 'What your browser gave is no subscription',
    tooMany: 'at most {count} browsers a person',
  },
} as const
