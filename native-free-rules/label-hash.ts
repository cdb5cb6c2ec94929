/**
 * Puts the length-prefixed label at `at` into words, the last one filled up with zeros; returns how many. Two labels are the same
 * exactly if their words are. `out` has LABEL_WORDS_MAX words. Allocates nothing.
 */
export function packLabel(bytes: Uint8Array, at: number, out: Uint32Array): number {
  const end = at + bytes[at]! + 1
  let count = 0
  let i = at
  for (; i + 4 <= end; i += 4)
    out[count++] = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
  if (i === end) return count
  let word = bytes[i]!
  if (i + 1 < end) word |= bytes[i + 1]! << 8
  if (i + 2 < end) word |= bytes[i + 2]! << 16
  out[count++] = word
  return count
}

/**
 * HalfSipHash-1-3 of (parent, label): a keyed hash, so that whoever writes a list cannot choose names that collide. The label is
 * `count` words at `from`, as `packLabel` makes them. Returns a signed 32-bit integer. Allocates nothing.
 */
export function hashLabel(
  key0: number,
  key1: number,
  parent: number,
  words: Uint32Array,
  from: number,
  count: number,
): number {
  let v0 = key0
  let v1 = key1
  let v2 = 0x6c796765 ^ key0
  let v3 = 0x74656462 ^ key1
  let word = parent | 0
  const end = from + count
  // The loop's order is: take in the word that is ready, then the next.
  for (let i = from; ; i++) {
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
    if (i === end) break
    word = words[i]! | 0
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
