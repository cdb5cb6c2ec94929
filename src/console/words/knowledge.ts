/** What a box's lists hold, and what no list covers. */
export const knowledge = {
  heading: 'How it knows',
  text: 'A box notices only what its lists name. Here is what they hold, how old they are, and what no list covers.',
  facts: {
    software: 'Software on the box',
    node: 'Node',
    policy: 'Policy in force',
    running: 'Running since',
    names: 'Names in all lists',
    refused: 'Lines refused',
  },
  locked: 'Lists that the law requires',
  cannot: {
    heading: 'What it cannot notice',
    themes: 'No list installed: this box cannot notice',
    ifNone: 'Every theme has at least one list. No list is ever complete.',
  },
  lists: {
    heading: 'Lists',
    noCategory: 'No category',
    names: 'Names',
    refused: 'Refused',
    refusedLines: { one: '{count} line', many: '{count} lines' },
    age: 'Age',
    licence: 'Licence',
    version: 'Version',
    source: 'Source',
    notStated: 'Not stated',
    empty: 'This box reports no list at all: it filters nothing by category.',
  },
  versions: 'Versions',
  release: 'Software of this console',
  releaseIs: 'Software of this console: {release}',
  faults: 'Last faults',
  noFaults: 'None reported.',
  /** The part that a fault was in, where this console noted it and not the box. */
  ofCollector: 'collector',
  faultTimes: '{fault} ({count} times)',
  empty:
    'No enrolled box has reported. Until one does, nothing is filtered or noticed as far as this console knows.',
} as const
