/** Everybody's accounts, as those manage them whose role it is. */
export const accounts = {
  heading: 'Accounts',
  card: {
    about: '{email}. {roles}.',
    notReady: 'The link was not used yet.',
    own: 'This is your own account: {link}. Somebody else has to change its roles.',
    ownLink: 'your account',
    above: 'Whoever is above you changes this account.',
    change: 'Change',
    roles: 'Roles',
    changeRoles: 'Change the roles',
    hidden: 'Never shown to them',
    hiddenHint:
      'User names, one a line: their own children, and themselves. Alerts and events of these are never shown to this account.',
    changeHidden: 'Change who is hidden',
    newLinkText:
      'A new link lets its owner choose a new password and app. Until it is used, the old ones work.',
    newLink: 'Make a new link',
    removeText: 'A removed account is signed out at once. What it did stays on record.',
    remove: 'Remove this account',
  },
  empty: 'Nobody has an account yet',
  emptyText:
    'Make the first one for the head, who can make all others but the chair’s; a safeguarding lead can make neither of these two.',
  fresh: {
    heading: 'A new account',
    name: 'Name',
    email: 'E-mail address',
    roles: 'Roles',
    submit: 'Make the account',
  },
  link: {
    title: 'A link for an account',
    heading: 'A link for {name}',
    back: 'All accounts',
    text: 'Give them this link. It works once, for {days} days, and is shown only now.',
    own: 'If the account is for you, {link}.',
    ownLink: 'take it now',
    warning:
      'Whoever opens it first has the account. Hand it over yourself, or send it where only they read it.',
  },
  problems: {
    own: 'Nobody changes their own account here. Ask another to do it.',
    above:
      'This is for the head, or where it is about the chair of governors, for whoever holds a one-time code of this machine.',
    emailTaken: 'An account with this e-mail address is there already.',
    tooMany: 'There are {count} accounts: remove one first.',
    noRole: 'Choose at least one role.',
    hiddenTooMany: 'At most {count} names, one a line.',
    unknown: 'There is no such account.',
    name: 'A name is missing, or is too long.',
    email: 'This is not an e-mail address.',
  },
} as const
