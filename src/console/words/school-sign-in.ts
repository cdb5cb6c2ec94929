/** Taking an account by the school's own sign-in, and showing by it that it is you. */
export const schoolSignIn = {
  error: 'Error:',
  takeHeading: 'With your school’s sign-in',
  takeText:
    'Sign in at {host} as you do elsewhere: you then need no password and no app here. Or take the account with an app and a password, below.',
  takeButton: 'Take it by signing in at {host}',
  askHeading: 'Take this account?',
  askWho: 'At {host} you are signed in as {label}.',
  askAccount: 'The account is for {name}, {email}.',
  askOther:
    'The two addresses are not the same. If the account is not yours, close this page and tell whoever sent you the link. Who took it is on record.',
  askUnverified:
    '{host} does not say that it has checked this address. If the account is not yours, close this page and tell whoever sent you the link.',
  askButton: 'Take the account',
  takenHeading: 'The account is yours',
  takenText: 'You are signed in. From now on choose “Sign in at {host}” on the sign-in page.',
  takenPasskey:
    '{link} as well: it lets you in when {host} does not answer, and shows that it is you before what only you may see.',
  takenPasskeyLink: 'Add a passkey',
  goOn: 'Go on',
  refused:
    'What {host} answered was not accepted, or you did not sign in there. Nothing was taken. Try again, or take the account with a password.',
  down: '{host} does not answer as it should. Nothing was taken. Try again in a minute, or take the account with a password.',
  otherAddress:
    'At {host} you are signed in as {label}, and the account is for {email}. {host} does not say that it has checked your address, so that nothing was taken. Ask whoever sent you the link for one to your address there, or take the account with a password.',
  proveText: 'You are sent to {host}, sign in there once more, and come back.',
  proveButton: 'Sign in again at {host}',
  proveNoPassword:
    'What comes next is open only to you, and a page may have been left open. Show that it is you in one of these ways; it counts for five minutes.',
  provedHeading: 'It is you',
  provedText: '{link} if this page does not do it by itself.',
  proveProblem: {
    refused:
      'What your school’s sign-in answered was not accepted, or you did not sign in there. Try again, or show it in another way.',
    down: 'Your school’s sign-in does not answer as it should. Show it in another way, or try again in a minute.',
    untimed:
      'Your school’s sign-in does not say when you signed in there, so that it cannot show that you are at this screen now. Show it in another way. If there is none, ask for a new link to your account and choose a password.',
    old: 'Your school’s sign-in did not ask you to sign in again: it says that you did some time ago. Try again, or show it in another way.',
    'other-person': 'You signed in there as somebody else. Sign in as the owner of this account.',
    locked: 'Too many sign-ins went wrong. Wait five minutes and try again.',
  },
  noPassword:
    'You sign in with your school’s sign-in, and your account has no password here. If you want one, ask for a new link to your account.',
  onlyWay:
    'This sign-in is the only way into your account, so that it stays linked. Ask for a new link to your account and choose a password first.',
} as const
