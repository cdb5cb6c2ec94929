/** Signing in, arriving, and showing again that it is you. */
export const signIn = {
  heading: 'Sign in',
  error: 'Error:',
  withPasskey: 'Sign in with a passkey',
  atProvider: 'Sign in at {host}',
  email: 'E-mail address',
  password: 'Password',
  appCode: 'Code from your app',
  appCodeHint: 'Six digits. If you have lost the app, one of your recovery codes.',
  submit: 'Sign in',
  withoutHeading: 'Without your password or app',
  without: 'Ask your safeguarding lead or the head for a new link to your account.',
  nobody: 'Nobody can sign in any more',
  noAccounts: 'Nobody has an account yet. You need a sign-in code: it works once, for 15 minutes.',
  code: 'Sign-in code',
  codeHint: 'Four groups of four letters and digits. Capitals and dashes do not matter.',
  useCode: 'Use the code',
  gettingCode: 'Getting a code',
  opensByCode: 'The code alone opens what is IT’s and the accounts, and its use is on record.',
  askForCode: 'Ask whoever looks after the box to run this on it and to read the code to you:',
  command: 'supercloud-edge sign-in-code',
  /** The same words whether or not there is such an account. */
  problems: {
    wrong: 'The e-mail address, the password or the code is not right.',
    locked: 'Too many wrong guesses. Wait five minutes and try again.',
    busy: 'Too many people are signing in at this moment. Try again in a minute.',
  },
  codeProblems: {
    wrong: 'This code is not right, has been used, or has run out. Ask for a new one.',
    locked: 'Too many wrong codes. Wait five minutes and try again.',
  },
  passkey: {
    off: 'You cannot use a passkey here: {why}.',
    unknown:
      'This passkey is not known here, or it took too long. Try again, or sign in with your password.',
    copied:
      'This passkey seems to be a copy: it has been used more often than it says. Sign in with your password, remove it, and tell whoever looks after the box.',
  },
  provider: {
    away: 'Your school’s sign-in does not answer as it should. Sign in with your password or a passkey, or try again in a minute.',
    refused:
      'What your school’s sign-in answered was not accepted, or you did not sign in there. Try again, or sign in with your password.',
    notBegun:
      'This sign-in was not begun in this browser, was used already, or took too long. Begin it again.',
    notLinked:
      'No account here is linked to that sign-in. Sign in with your password, and link it under “Your account”.',
    locked: 'Too many sign-ins went wrong. Wait five minutes and try again.',
  },
  passing: {
    heading: 'One moment',
    text: '{link} if the page that you asked for does not open by itself.',
  },
  arrived: {
    heading: 'You are signed in',
    text: '{link} if this page does not do it by itself.',
  },
  prove: {
    heading: 'Show that it is you',
    text: 'What comes next is open only to you, and a page may have been left open.',
    byAccount:
      'Type your password, or the code that your app shows now. One of the two is enough, for five minutes.',
    byCode: 'Type a new sign-in code: {command} makes one.',
    usePasskey: 'Use a passkey',
    orAppCode: 'Or the code from your app',
    wrong: 'This is not right. Try again.',
  },
} as const
