/** An account is set up by its link. */
export const invite = {
  heading: 'Set up your account',
  text: 'This account is for {name}, {email}. If that is not you, close this page and tell whoever sent you the link.',
  appHeading: '1. An authenticator app',
  app: 'Besides the password you need a code that an app on your phone makes. Any authenticator app will do. Add an account in it by this key:',
  appLink: 'On your phone, this link may open the app with the key in it',
  code: 'The code that the app shows now',
  passwordHeading: '2. A password',
  submit: 'Set up the account',
  gone: {
    title: 'This link does not open anything',
    text: 'It has been used, it has run out, or a newer one was made. Ask whoever sent it for another.',
  },
  problems: {
    gone: 'This link has been used or has run out.',
    used: 'This link has been used.',
    wrongCode: 'The code from the app is not right. Type the one it shows now.',
  },
  recovery: {
    heading: 'Your recovery codes',
    text: 'The account is yours and you are signed in. If you lose the app, each of these codes works once in its place.',
    warning:
      'They are shown only now. Print this page or write them down, and keep them where nobody else finds them.',
    goOn: 'I have kept them: go on',
  },
  password: {
    fresh: 'New password',
    length: 'At least {count} characters',
    again: 'The same password again',
    tooShort:
      'Choose a password of at least {count} characters. Three words that do not belong together are good.',
    tooLong: 'A password has at most {count} characters.',
    easy: 'This password is easy to guess. Choose another.',
    notSame: 'The two passwords are not the same.',
    busy: 'too many people are signing in at this moment',
  },
} as const
