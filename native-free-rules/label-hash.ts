/**
 * HalfSipHash-1-3 of (parent, label): a keyed hash, so that whoever writes a list cannot choose names that collide.
 * `at` is the label's length byte, which is hashed with it. Returns a signed 32-bit integer. Allocates nothing.
 */
export function hashLabel(
  key0: number,
  key1: number,
  parent: number,
  bytes: Uint8Array,
  at: number,
): number {
  const end = at + bytes[at]! + 1
  let v0 = key0
  let v1 = key1
  let v2 = 0x6c796765 ^ key0
  let v3 = 0x74656462 ^ key1
  let word = parent | 0
  // The loop's order is: take in the word that is ready, then prepare the next; a last, short one ends it.
  for (let i = at; ; i += 4) {
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
    if (i >= end) break
    word = bytes[i]!
    if (i + 1 < end) word |= bytes[i + 1]! << 8
    if (i + 2 < end) word |= bytes[i + 2]! << 16
    if (i + 3 < end) word |= bytes[i + 3]! << 24
  }
  v2 ^= 0xff
  for (let round = 0; round < 3; round++) {
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
  }
  return v1 ^ v3
}

/** Whether two length-prefixed labels are the same bytes. Allocates nothing. */
export function isSameLabel(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  const size = a[atA]!
  for (let i = 0; i <= size; i++) if (a[atA + i] !== b[atB + i]) return false
  return true
}
