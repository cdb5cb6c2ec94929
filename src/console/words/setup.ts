/** What each box finds of its own setup. */
export const setup = {
  heading: 'Setup check',
  text: 'What each box finds of its own setup, with what to do about it. It says nothing of what it cannot see, such as switches and other filters.',
  silent: '; it has not been heard from since',
  empty: 'No enrolled box has reported. A box appears here within a minute of its first report.',
  tooOld: 'This box does not tell of its setup',
  tooOldText:
    'Its software is older than this console. Until it is updated, ask the box itself: {command}.',
  command: 'supercloud-edge setup',
  done: 'What is done',
  nothingLeft: 'Nothing is left to do.',
  wrong: { one: '{count} thing is wrong', many: '{count} things are wrong' },
  toDo: { one: '{count} thing still to do', many: '{count} things still to do' },
  oneOfThem: '{what}.',
  both: '{wrong}, and {toDo}.',
  states: {
    wrong: 'Wrong',
    'to-do': 'To do',
    done: 'Done',
  },
} as const
