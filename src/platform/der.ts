/** Writes ASN.1 in DER (ITU-T X.690 section 10), as much as a certificate needs. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const
/** Times from this year on are written in full (RFC 5280 section 4.1.2.5). */
const GENERALIZED_FROM_YEAR = 2050

/** Any value with its tag. */
export function tagged(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content])
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(TAG.sequence, ...parts)
export const setOf = (...parts: readonly Uint8Array[]): Buffer => tagged(TAG.set, ...parts)
export const octetString = (bytes: Uint8Array): Buffer => tagged(TAG.octetString, bytes)
export const utf8 = (text: string): Buffer => tagged(TAG.utf8, Buffer.from(text))
export const TRUE: Buffer = tagged(TAG.boolean, Buffer.of(0xff))

/** A bit string; the last `unusedBits` bits of it do not count. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return tagged(TAG.bitString, Buffer.of(unusedBits), bytes)
}

/** A number that is not negative, in network order. */
export function unsignedInteger(bytes: Uint8Array): Buffer {
  const isHigh = ((bytes[0] ?? 0) & 0x80) !== 0
  return tagged(TAG.integer, isHigh ? Buffer.of(0) : Buffer.alloc(0), bytes)
}

/** An object identifier: `2.5.29.17`. */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return tagged(TAG.oid, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

/** A moment, to the second. */
export function time(wallMs: number): Buffer {
  const date = new Date(wallMs)
  const digits = date.toISOString().replaceAll(/\.\d+|[-:T]/g, '')
  return date.getUTCFullYear() < GENERALIZED_FROM_YEAR
    ? tagged(TAG.utcTime, Buffer.from(digits.slice(2)))
    : tagged(TAG.generalizedTime, Buffer.from(digits))
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff)
  return Buffer.from([0x80 | bytes.length, ...bytes])
}
