/** A device's name is cut to so many characters, as one in the configuration may have. */
export const DEVICE_NAME_CHARS_MAX = 64
/** What comes after it is not even looked at. */
const READ_CHARS_MAX = 1024

/** What cannot be seen: control, format (bidirectional marks, zero widths, tags), lone surrogates, private use. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu
/** Breaks of a line or a column separate words. */
const BLANKS = /[\s\u0085\p{Z}]+/gu
/** What opens or closes markup. Whoever shows a name escapes it all the same. */
const MARKUP = /[<>"`\\]/g
/** A letter has two accents at most: heaps of them cover the lines above. */
const HEAPED_MARKS = /(\p{M}{2})\p{M}+/gu
/** What a spreadsheet takes for a formula, and the dots and blanks of no name. */
const LEADING = /^[=+@.\s-]+/
const TRAILING = /[.\s]+$/
/** What nearly all hosts are called: nothing of the above, and short. */
const PLAIN = /^[a-z\d](?:[\w.-]{0,62}[\w-])?$/i
/** What says that there is no name. */
const NO_NAMES: ReadonlySet<string> = new Set(['*', '?', '(none)', 'localhost', 'unknown', 'null'])

/**
 * A name that a device, or somebody who knows it, gives it: hostile text as one short visible line. Undefined where nothing is left, or
 * it says that there is none. A final dot goes, other dots stay: it may be a domain name. Never throws; its time is bounded.
 */
export function deviceName(text: string): string | undefined {
  if (PLAIN.test(text)) return NO_NAMES.has(text.toLowerCase()) ? undefined : text
  const seen = text
    .slice(0, READ_CHARS_MAX)
    .replace(BLANKS, ' ')
    .replace(UNSEEN, '')
    .replace(MARKUP, '')
    .normalize('NFC')
    .replace(HEAPED_MARKS, '$1')
    .replace(BLANKS, ' ')
  const name = cut(seen.replace(LEADING, '').replace(TRAILING, ''))
  return name === '' || NO_NAMES.has(name.toLowerCase()) ? undefined : name
}

/** By characters, not by halves of them. */
function cut(text: string): string {
  if (text.length <= DEVICE_NAME_CHARS_MAX) return text
  const characters = Array.from(text)
  if (characters.length <= DEVICE_NAME_CHARS_MAX) return text
  return `${characters.slice(0, DEVICE_NAME_CHARS_MAX - 1).join('')}…`
}
