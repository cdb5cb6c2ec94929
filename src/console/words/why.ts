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
  groupOfDevice: 'The group of the device',
  /** Stages in the words of whoever never read the source. */
  stages: {
    'refuse-malformed': 'The question',
    'identify-client': 'Who asks',
    'decide-by-policy': 'What the rules say of the name',
    'rewrite-name': 'Safe search and redirects',
    'answer-local': 'Whether the box answers it itself',
    'answer-list-data': 'Whether a list has an answer for it',
    'withhold-ech': 'Keys that would hide the name of the site',
    'inspect-answer': 'Where the answer leads',
    'answer-from-cache': 'Whether the answer is remembered',
    forward: 'What an upstream server says',
    answer: 'What the device gets',
  },
  verdicts: {
    block: 'is blocked',
    allow: 'is allowed',
    monitor: 'is allowed, and look-ups are noted',
    rewrite: 'is led elsewhere',
    'local-data': 'is answered from a list',
    refused: 'is refused',
  },
  facts: {
    forWhom: 'For',
    group: 'group {group}',
    at: 'At',
  },
  faults: {
    noBox: 'No box is enrolled here.',
    away: 'The box is away, or did not answer in time. Try again in a minute.',
    otherAnswer: 'it answered something else',
    cannotSay: 'The box cannot say: {why}.',
  },
  problems: {
    name: '“{name}” is no name: {why}. Write it without http:// and path.',
    sharedName: '“{client}” is the name of several devices. Write an address.',
    unknownClient:
      '“{client}” is neither an address nor the whole name of a device that this box knows.',
    at: '“{at}” is no time. Write it as 2026-03-02T10:05, or leave it empty for now.',
  },
} as const
