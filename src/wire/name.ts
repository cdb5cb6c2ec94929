import { NAME_BYTES_MAX } from './constants.ts'

/** More compression pointers in one name than labels can follow them is an attack (RFC 9267 section 2). */
const POINTERS_MAX = 64
const LABEL_BYTES_MAX = 63

/**
 * Reads a possibly compressed name (RFC 1035 section 4.1.4) at `position` and writes it lower-cased, uncompressed, to
 * `out` from `outStart`. Pointers must point backwards. Returns the position after the name in the message, or -1 when
 * the name is malformed; `lengthOf` tells how long the written name is. Does not allocate.
 */
export function readName(
  bytes: Uint8Array,
  position: number,
  end: number,
  out: Uint8Array,
  outStart: number,
): number {
  let at = position
  let after = -1
  let written = outStart
  let lowest = position
  for (let pointers = 0; at < end; ) {
    const length = bytes[at]!
    if (length >= 0xc0) {
      if (at + 1 >= end || ++pointers > POINTERS_MAX) return -1
      const target = ((length & 0x3f) << 8) | bytes[at + 1]!
      if (target >= lowest) return -1
      if (after < 0) after = at + 2
      lowest = target
      at = target
      continue
    }
    if (length > LABEL_BYTES_MAX || at + 1 + length > end) return -1
    if (written - outStart + length + 1 > NAME_BYTES_MAX || written + length + 1 > out.length)
      return -1
    out[written++] = length
    if (length === 0) return after < 0 ? at + 1 : after
    for (let i = 1; i <= length; i++) out[written++] = lowerCase(bytes[at + i]!)
    at += length + 1
  }
  return -1
}

/** Skips a possibly compressed name without following it. Returns the position after it, or -1. */
export function skipName(bytes: Uint8Array, position: number, end: number): number {
  for (let at = position; at < end; ) {
    const length = bytes[at]!
    if (length >= 0xc0) return at + 2 <= end ? at + 2 : -1
    if (length > LABEL_BYTES_MAX) return -1
    if (length === 0) return at + 1
    at += length + 1
  }
  return -1
}

/** Length in bytes of an uncompressed, well-formed name, its final zero included. */
export function lengthOf(name: Uint8Array, start: number): number {
  let at = start
  while (name[at] !== 0) at += name[at]! + 1
  return at + 1 - start
}

/** ASCII only, as DNS compares names (RFC 4343). */
export function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte
}
