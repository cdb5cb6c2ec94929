/** Two independent 32-bit sums (FNV-1a) of bytes, as one whole number below 2^53: a key of tables that needs no string. */
export interface ByteHash {
  readonly begin: (kind: number) => void
  readonly add: (bytes: Uint8Array, at: number, length: number) => void
  readonly addNumber: (value: number) => void
  readonly end: () => number
}

const PRIME = 0x0100_0193
const LOW_BITS = 2 ** 21

/** `seed` is of chance, so that nobody can prepare packets that collide. Never allocates once made. */
export function makeByteHash(seed: number): ByteHash {
  let a = 0
  let b = 0
  const step = (byte: number): void => {
    a = Math.imul(a ^ byte, PRIME)
    b = Math.imul(b ^ byte ^ 0x5c, 0x85eb_ca6b) ^ (b >>> 15)
  }
  return {
    begin: (kind) => {
      a = seed | 0
      b = ~seed
      step(kind)
    },
    add: (bytes, at, length) => {
      for (let i = 0; i < length; i++) step(bytes[at + i]!)
    },
    addNumber: (value) => {
      for (let shift = 0; shift < 32; shift += 8) step((value >>> shift) & 0xff)
    },
    end: () => (a >>> 0) * LOW_BITS + ((b >>> 0) % LOW_BITS),
  }
}
