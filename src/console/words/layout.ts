export const layout = {
  skip: 'Skip to main content',
  titleEnd: 'SuperCloud Edge',
  ownAccount: 'Your account',
  signOut: 'Sign out',
  menuLabel: 'Main',
  menu: 'Menu',
  byCodeLabel: 'How you are signed in',
  tryingOut: 'Trying it out:',
  tryingOutText:
    'the one-time code alone opens everything but alerts about staff while nobody has an account. {link} before pupils use this box.',
  tryingOutLink: 'Make the first account',
  byCode: 'Signed in by the one-time code alone:',
  byCodeText: 'it opens what is IT’s and the accounts, and that is on record. {link}.',
  byCodeLink: 'Go to accounts',
  /** On paper alone, below all else. */
  printed:
    'Printed by {who}, as it was on {date} at {time}. Keep it as you keep other confidential papers.',
  footer:
    'SuperCloud Edge. A lookup says what a device asked for. It does not say what a pupil saw or meant.',
} as const
