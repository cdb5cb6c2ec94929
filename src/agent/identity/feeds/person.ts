/** More is no account of a school; what was cut ends in a mark, so that it is nobody else's name. */
const NAME_CHARS_MAX = 128
/** What is said instead of a name by those who keep theirs for the inner tunnel (RFC 7542 section 2.4, RFC 9190 section 2.1.7). */
const NOBODY = new Set(['anonymous', 'anon', ''])
/** Control characters, marks that turn the text round, halves of characters, and line ends: shown as U+FFFD, which is in no account's name. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

export type Account =
  /** Lower case; a visitor's with his realm. Hostile text all the same. */
  | { readonly kind: 'person'; readonly user: string }
  /** A computer that logged itself on. */
  | { readonly kind: 'machine' }
  | { readonly kind: 'nobody' }

/** Whether a realm, or an NT domain, is the school's own; given in lower case. */
export type IsOwnRealm = (realm: string) => boolean

export const ANY_REALM: IsOwnRealm = () => true

/**
 * Whose account a name is. Of `DOMAIN\user` and `user@realm` (RFC 7542) only the user, where domain and realm are the school's own, else all of it:
 * that is a visitor, whose name is nobody's here. `host/...` and names that end in `$` are computers of a domain. In lower case.
 */
export function readAccount(text: string, isOwn: IsOwnRealm): Account {
  const whole = text.trim().normalize('NFC').toLowerCase()
  if (whole.startsWith('host/')) return { kind: 'machine' }
  const { user, realms } = splitName(whole)
  if (user.endsWith('$')) return { kind: 'machine' }
  if (NOBODY.has(user)) return { kind: 'nobody' }
  return { kind: 'person', user: shown(realms.every(isOwn) ? user : whole) }
}

/** Whether a name has a realm that is not the school's. */
export function isVisitor(user: string): boolean {
  return /[@\\]/.test(user)
}

/** Whether a name is as it was given: nothing of it was cut or replaced. */
export function isWhole(user: string): boolean {
  return !/[\uFFFD\u2026]/u.test(user)
}

/** The domain ends at the last backslash and the realm begins at the first @ behind it, so that what hides another is no realm of anybody's. */
function splitName(whole: string): { readonly user: string; readonly realms: readonly string[] } {
  const start = whole.lastIndexOf('\\') + 1
  const at = whole.indexOf('@', start)
  const end = at < 0 ? whole.length : at
  return {
    user: whole.slice(start, end).trim(),
    realms: [
      ...(start > 0 ? [whole.slice(0, start - 1)] : []),
      ...(at < 0 ? [] : [whole.slice(at + 1)]),
    ],
  }
}

function shown(user: string): string {
  const clean = user.replaceAll(UNSHOWN, '\uFFFD')
  const letters = Array.from(clean.slice(0, NAME_CHARS_MAX * 2))
  return letters.length > NAME_CHARS_MAX || clean.length > NAME_CHARS_MAX * 2
    ? `${letters.slice(0, NAME_CHARS_MAX - 1).join('')}\u2026`
    : clean
}
