/** What the console itself writes into its record, which people read there. */
export const onRecord = {
  /** Who it was, where no account tells. */
  byCode: 'One-time code',
  unknownAccount: 'Unknown account',
  nobody: 'Nobody signed in',
  passkey: 'passkey: {name}',
  passkeyRefused: {
    wrong: 'passkey: wrong',
    copied: 'passkey: its counter went back, as that of a copy does',
  },
  /** A proof that was given, or not, on the way to a page. */
  proof: {
    passkey: '{page}, passkey: {name}',
    passkeyRefused: '{page}, {why}',
    provider: '{page}, provider',
    providerRefused: '{page}, provider: {why}',
  },
  provider: 'provider',
  providerRefused: 'provider: {why}',
  notLinked: 'nobody here is linked to whoever came',
  /** Why an account was not taken by the school’s sign-in, and that it was. */
  notTaken: 'link to an account: {why}',
  notTakenBy: 'link to an account: {why}, of {label}',
  notTakenOther: 'link to an account: another address, not verified, of {label}',
  taken: 'by the sign-in of {label} at {host}',
} as const
