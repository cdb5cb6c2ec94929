/** What a report says in a few sentences. */
export const inShort = {
  heading: 'In short',
  noneOpened: 'No alert was opened.',
  opened: 'Alerts opened: {count} ({severities}).',
  ofSeverity: '{count} {severity}',
  noneClosed: 'No alert was closed.',
  closed: 'Alerts closed: {count}, of which a concern: {concerns}.',
  closedShare: 'Alerts closed: {count}, of which a concern: {concerns} ({share}).',
  merged: {
    one: '{count} alert was joined to another about the same person or site.',
    many: '{count} alerts were joined to others about the same person or site.',
  },
  open: 'Still open on {date}, whenever opened: {open}. Not looked at yet: {unseen}.',
  noChecks: 'Nobody checked the filter in this time.',
  checks:
    'Checks of the filter that people made: {checks}. Not as expected: {unexpected}, of which not mended yet: {left}.',
  decisions: 'Decisions about the filter in force: {count}. Due to be looked at again: {due}.',
  noBoxes: 'No box has reported: nothing was noticed, and nothing can be said.',
  heard: 'Boxes heard from within the last day: {heard} of {boxes}.',
  silent: {
    one: 'Days without any report from a box: {count}. What was asked of it then is not in these figures.',
    many: 'Days without any report from a box, each box counted: {count}. What was asked of them then is not in these figures.',
  },
} as const
