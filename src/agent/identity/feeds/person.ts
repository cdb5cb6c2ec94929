/** More is no account of a school; what was cut ends in a mark, so that it is nobody else's name. */
const NAME_CHARS_MAX = 128
/** What is said instead of a name by those who keep theirs for the inner tunnel (RFC 7542 section 2.4, RFC 9190 section 2.1.7). */
const NOBODY = new Set(['anonymous', 'anon', ''])
/** Control characters, marks that turn the text round, halves of characters, and line ends: shown as U+FFFD, which is in no account's name. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

export type Account =
  /** Lower case; hostile text all the same. */
  | { readonly kind: 'person'; readonly user: string }
  /** A computer that logged itself on. */
  | { readonly kind: 'machine' }
  | { readonly kind: 'nobody' }

/**
 * Whose account a name is. `DOMAIN\user` is the user after the last backslash, `user@realm` the user before the first @, both in lower case;
 * `host/...` and names that end in `$` are computers of a domain.
 */
export function readAccount(text: string): Account {
  const whole = text.trim().normalize('NFC').toLowerCase()
  if (whole.startsWith('host/')) return { kind: 'machine' }
  const user = withoutDomain(whole).trim()
  if (user.endsWith('$')) return { kind: 'machine' }
  return NOBODY.has(user) ? { kind: 'nobody' } : { kind: 'person', user: shown(user) }
}

/** Whether a name is as it was given: nothing of it was cut or replaced. */
export function isWhole(user: string): boolean {
  return !/[\uFFFD\u2026]/u.test(user)
}

function withoutDomain(whole: string): string {
  const user = whole.slice(whole.lastIndexOf('\\') + 1)
  const at = user.indexOf('@')
  return at < 0 ? user : user.slice(0, at)
}

function shown(user: string): string {
  const clean = user.replaceAll(UNSHOWN, '\uFFFD')
  const letters = Array.from(clean.slice(0, NAME_CHARS_MAX * 2))
  return letters.length > NAME_CHARS_MAX || clean.length > NAME_CHARS_MAX * 2
    ? `${letters.slice(0, NAME_CHARS_MAX - 1).join('')}\u2026`
    : clean
}
