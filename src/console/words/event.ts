export const event = {
  title: 'Safeguarding event',
  all: 'All safeguarding events',
  updated: 'This event was updated.',
  caution: 'A device asked for this address; it does not prove the pupil saw or meant it.',
  illegal:
    'Do not investigate, look at, copy or forward anything. Keep the device as it is and call the police, CEOP or the IWF. Treat this event as restricted to the designated safeguarding lead and the head.',
  known: 'What is known',
  told: 'How it was told',
} as const
