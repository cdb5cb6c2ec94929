/** By what else than the password somebody signs in. */
export const waysIn = {
  heading: 'Your ways to sign in',
  back: 'Your account',
  text: 'Your password and the code from your app always work. What stands here opens your account without them.',
  notUsed: 'Not used yet.',
  lastUsed: 'Last used {when}.',
  passkeys: {
    heading: 'Passkeys',
    text: 'A passkey is kept by your phone, computer or security key, and opened by your finger, your face or its PIN. No other site can ask for it.',
    added: 'Added {when}.',
    elsewhere: 'Works only at {name}.',
    empty: 'You have none yet.',
    off: 'No passkey can be added here: {why}.',
    name: 'What is it on?',
    nameHint: 'So that you know it again, such as: my phone',
    nameless: 'A passkey',
    submit: 'Add a passkey',
    needsScript: 'Adding a passkey needs JavaScript, which this browser does not run here.',
  },
  passkeyProblems: {
    gone: 'This passkey is not there any more.',
    off: 'Passkeys are off: {why}.',
    notChecked: 'This passkey could not be checked, or it took too long. Try again.',
    tooMany: 'You have {count} passkeys: remove one before you add another.',
    inUse: 'This passkey is in use here already.',
  },
  /** Complete "No passkey can be added here: ...". */
  passkeysOff: {
    strangeName: 'this console is not known under that name',
    address:
      'this page was opened by an address, {address}, and passkeys belong to a name. Ask IT for the name of this console; on its own machine, localhost is one',
    notSecure:
      'this page was not opened over https, and browsers allow passkeys only on pages that were. Ask IT for the https address of this console',
  },
  provider: {
    heading: 'Your school’s sign-in',
    linked: 'Linked to {label} at {host} {when}.',
    unlink: 'Unlink it',
    text: 'If you link it, whoever signs in as you at {host} opens this account. You are sent there, and come back.',
    link: 'Link my sign-in at {host}',
    tooLate: 'This took too long, or was begun elsewhere. Begin again.',
    taken:
      'Either your account is linked already, or this sign-in opens the account of somebody else here.',
  },
  linking: {
    heading: 'Link your sign-in?',
    title: 'Link your sign-in',
    there: 'At {host} you are signed in as {label}.',
    here: 'Linked, that sign-in opens your account {email} here. If it is not yours, go back and link nothing.',
    submit: 'Link it',
    back: 'Go back',
    awayTitle: 'Your school’s sign-in does not answer',
    away: 'Nothing was linked. Your password and your passkeys work as before. Try again in a minute.',
  },
} as const
