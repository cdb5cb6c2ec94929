export const checks = {
  title: 'Checks of the filter',
  hint: 'People try the filter on real devices and say what they saw. What boxes check by themselves does not replace it.',
  left: {
    one: '{count} check did not show what was expected, and something is left to do.',
    many: '{count} checks did not show what was expected, and something is left to do.',
  },
  seeLeft: { one: 'See it', many: 'See them' },
  result: 'Result',
  tried: 'Tried',
  leftToDo: 'Something is left to do',
  pages: 'Pages of checks',
  older: 'Older checks',
  noneMatches: 'No check matches',
  showAll: '{link} to see all.',
  showAllLink: 'Clear the filters',
  noneYet: 'Nobody has checked the filter yet',
  noneMayCheck:
    'Take a pupil’s device and {link}: it takes two minutes. Once a month on a few devices, and after every change of the filter, is a good habit; once a year is the least.',
  noneMayCheckLink: 'check the filter',
  noneByOthers:
    'A safeguarding lead, the head or school IT makes checks. Once a month on a few devices, and after every change of the filter, is a good habit; once a year is the least.',
  counts: { caption: 'Checks by what was tried', last: 'Last', noneYet: 'None yet.' },
} as const
