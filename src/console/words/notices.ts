/** Which of somebody's browsers are told of alerts. */
export const notices = {
  heading: 'Your notices',
  text: 'A browser can tell you of an alert, also on a phone that is locked. It says only that something waits: no name, no theme, no site.',
  you: 'You are told as {person}, for your e-mail address {email}.',
  notTold: {
    you: 'You are not told yet',
    nobody: 'Nobody is told yet',
    notThere:
      'The file of the people, by which it is decided who is told of alerts, does not have your e-mail address, {email}.',
    noFile: 'No file of the people is in force.',
    ask: 'Ask whoever looks after the box to enter you there with your role and this very address; then come back to this page.',
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
    notThere: 'Your e-mail address is not in the file of the people',
    noSubscription: 'What your browser gave is no subscription',
    tooMany: 'at most {count} browsers a person',
  },
} as const
