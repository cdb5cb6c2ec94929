/** Writes numbers in network order. Plainer than Buffer's own, which check their arguments on every call. */

/** Two bytes; returns the position after them. */
export function put16(out: Uint8Array, value: number, at: number): number {
  out[at] = value >>> 8
  out[at + 1] = value
  return at + 2
}

/** Four bytes; returns the position after them. */
export function put32(out: Uint8Array, value: number, at: number): number {
  out[at] = value >>> 24
  out[at + 1] = value >>> 16
  out[at + 2] = value >>> 8
  out[at + 3] = value
  return at + 4
}

/** Four bytes as an unsigned number. */
export function get32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
  )
}
