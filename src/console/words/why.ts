/** Why a name is blocked, or not. */
export const why = {
  heading: 'Why is this blocked?',
  text: 'The box walks through the name as it would for a device, and tells each step. Nothing is counted or recorded at the box; that you asked is on record.',
  noAnswer: 'No answer',
  answer: 'Answer',
  reason: 'In the words of the box: {reason}',
  steps: 'Step by step',
  name: 'Site',
  nameHint: 'Such as www.example.org',
  client: 'Device',
  clientHint:
    'Its address or its whole name, from the page of devices. Leave it empty to ask for a group.',
  at: 'When',
  atHint: 'On the school’s clocks. Leave it empty for now.',
  box: 'Box',
  submit: 'Ask the box',
} as const
