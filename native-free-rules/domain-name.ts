/**
 * Domain names in two forms. Presentation form: text for people and files, lower-case, no root dot, escapes of RFC 1035
 * section 5.1. Wire form: length-prefixed labels ended by the zero byte of the root (RFC 1035 section 3.1).
 */
import { asciiForm } from './idna.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from './rule-failure.ts'

declare const brand: unique symbol
/** Canonical presentation form: two equal names are equal texts. Hostile text all the same: it may hold any printable byte. */
export type DomainName = string & { readonly [brand]: 'DomainName' }

/** Bytes of a name in wire form, the root's zero included (RFC 1035 section 2.3.4). */
export const NAME_BYTES_MAX = 255
/** Bytes of one label, its length byte not included. */
export const LABEL_BYTES_MAX = 63

const DOT = 0x2e
const BACKSLASH = 0x5c
const TOO_LONG_TEXT = NAME_BYTES_MAX * 4 + 1

/**
 * Reads presentation form; a trailing dot is fine, `.` is the root. Text beyond ASCII is turned into its A-labels where
 * that is possible, and refused where not. Never throws.
 */
export function parseDomainName(text: string): DomainName | RuleFailure<'bad-name'> {
  const length = writeName(text, scratch)
  return isRuleFailure(length) ? length : nameFromWire(scratch, 0)
}

/** A new array with the lower-case wire form. */
export function nameToWire(name: DomainName): Uint8Array {
  const length = writeName(name, scratch)
  if (isRuleFailure(length)) throw new BrokenNameError(length.detail)
  return scratch.slice(0, length)
}

/**
 * The name that begins at `start`, lower-cased. Stops at the zero label, at a byte that is no label's length (compression
 * must be resolved before), at the end of the bytes or of a name's longest size. Never throws.
 */
export function nameFromWire(bytes: Uint8Array, start: number): DomainName {
  const end = Math.min(bytes.length, start + NAME_BYTES_MAX)
  let text = ''
  let at = start
  for (let size = bytes[at] ?? 0; size > 0 && size <= LABEL_BYTES_MAX; size = bytes[at] ?? 0) {
    if (at + size >= end) break
    if (text !== '') text += '.'
    for (let i = at + 1; i <= at + size; i++) text += presented[bytes[i] ?? 0]
    at += size + 1
  }
  return brandName(text === '' ? '.' : text)
}

/**
 * Writes the wire form of a text at the start of `out` (of NAME_BYTES_MAX bytes or more); returns how many bytes it took.
 * Allocates nothing for plain ASCII names. Never throws.
 */
export function writeName(text: string, out: Uint8Array): number | RuleFailure<'bad-name'> {
  if (text === '.') return writeRoot(out)
  if (text === '') return refused('is empty')
  if (text.length > TOO_LONG_TEXT) return refused('is longer than a name can be')
  let labelAt = 0
  let at = 1
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code === DOT) {
      if (at === labelAt + 1) return refused('has an empty label')
      out[labelAt] = at - labelAt - 1
      labelAt = at
    } else {
      if (code > 0x7e) return writeAsciiForm(text, out)
      if (code < 0x21) return refused('has a blank or control character')
      if (code === BACKSLASH) {
        code = escapedByte(text, i)
        if (code < 0) return refused('has a broken escape')
        i += isDigit(text.charCodeAt(i + 1)) ? 3 : 1
      }
      if (at - labelAt > LABEL_BYTES_MAX) return refused('has a label of more than 63 bytes')
      out[at] = lowerCase(code)
    }
    at += 1
    if (at > NAME_BYTES_MAX) return refused('is longer than 255 bytes')
  }
  return closeName(out, labelAt, at)
}

function closeName(out: Uint8Array, labelAt: number, at: number): number | RuleFailure<'bad-name'> {
  // A trailing dot has already begun the empty label of the root.
  if (at === labelAt + 1) {
    out[labelAt] = 0
    return at
  }
  if (at + 1 > NAME_BYTES_MAX) return refused('is longer than 255 bytes')
  out[labelAt] = at - labelAt - 1
  out[at] = 0
  return at + 1
}

function writeRoot(out: Uint8Array): number {
  out[0] = 0
  return 1
}

function writeAsciiForm(text: string, out: Uint8Array): number | RuleFailure<'bad-name'> {
  const ascii = asciiForm(text)
  return ascii === undefined
    ? refused('has characters that no domain name can have')
    : writeName(ascii, out)
}

/** The byte that the escape at `i` stands for, or -1 (RFC 1035 section 5.1: `\X` and `\DDD`). */
function escapedByte(text: string, i: number): number {
  const next = text.charCodeAt(i + 1)
  if (Number.isNaN(next) || next > 0x7e || next < 0x20) return -1
  if (!isDigit(next)) return next
  const digits = text.slice(i + 1, i + 4)
  if (!/^\d{3}$/.test(digits)) return -1
  const value = Number(digits)
  return value > 0xff ? -1 : value
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function lowerCase(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code
}

function presentByte(byte: number): string {
  const code = lowerCase(byte)
  if (code === DOT || code === BACKSLASH) return `\\${String.fromCharCode(code)}`
  if (code > 0x20 && code < 0x7f) return String.fromCharCode(code)
  return `\\${String(code).padStart(3, '0')}`
}

function refused(why: string): RuleFailure<'bad-name'> {
  return ruleFailure('bad-name', `the name ${why}`)
}

function brandName(text: string): DomainName {
  if (isCanonical(text)) return text
  throw new BrokenNameError('a name was made of no text')
}

/** The branding itself: callers have built the text from `presented` bytes, so only emptiness could be wrong. */
function isCanonical(text: string): text is DomainName {
  return text !== ''
}

const presented: readonly string[] = Array.from({ length: 256 }, (_, byte) => presentByte(byte))
const scratch = new Uint8Array(NAME_BYTES_MAX + 1)

/** A `DomainName` that was not made by `parseDomainName`: our own invariant broke. */
export class BrokenNameError extends Error {
  readonly code = 'EDGE_BROKEN_NAME'
}
