/** What scripts of a page say on it, and what a notification says. They have these from the page. */
export const browser = {
  newEvents: {
    one: '{count} new safeguarding event.',
    many: '{count} new safeguarding events.',
  },
  passkeys: {
    off: 'Passkeys are off: this browser has none, or this page was not opened over https.',
    asking: 'Your browser asks for the passkey now.',
    refused:
      'No passkey was given: it was refused, or it took too long. Try again, or go on without one.',
    there: 'This device has a passkey for your account already.',
    failed: 'The passkey could not be used: {why}.',
    notAsked: 'the console did not ask for one',
    noneGiven: 'the browser gave none',
    noReason: 'the browser gave no reason',
  },
  notices: {
    notSecure:
      'Notices are off: this page was not opened over https, and browsers allow notices only to pages that were. Ask IT for the https address of this console.',
    cannot:
      'Notices are off: this browser cannot be told. On an iPhone or iPad add this page to the home screen first, and open it there.',
    forbidden:
      'Notices are off: you have forbidden them for this page. Allow them in the settings of your browser, and load this page again.',
    failed: 'Notices could not be switched on: {why}.',
    notAllowed: 'you have not allowed them',
    noReason: 'the browser gave no reason',
  },
  /** Where a push message came without words. */
  notification: {
    title: 'SuperCloud Edge',
    body: 'Something waits for you.',
  },
} as const

export type BrowserWords = typeof browser
