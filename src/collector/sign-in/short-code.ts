/** Codes that people read out and type: for one sign-in, and for when the app is lost. */
import { createHash, randomBytes } from 'node:crypto'

/** Base32 without I, L, O and U, which are read and heard as others (Crockford's). */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 16 letters of 5 bits: 80 bits. */
const LENGTH = 16
const GROUP = 4

/** A new code in groups of four. */
export function newShortCode(): string {
  const letters = [...randomBytes(LENGTH)].map((byte) => LETTERS.charAt(byte % LETTERS.length))
  const code = letters.join('')
  return code.match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? code
}

/** What is kept of a code. People may type small letters, dashes, spaces, and look-alikes of what they were shown. */
export function hashShortCode(typed: string): Buffer {
  const code = typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return createHash('sha256').update(code).digest()
}
