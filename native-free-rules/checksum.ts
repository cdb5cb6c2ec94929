import { HEADER, type IndexParts } from './index-layout.ts'

/**
 * Two 32-bit sums over an index from its `totalBytes` on: any change of one word changes both. Guards against rot, not against
 * forgery.
 */
export function checksum({ head, table, records }: IndexParts): readonly [number, number] {
  const sums = new Int32Array([0x243f6a88, 0x85a308d3])
  take(sums, head, HEADER.totalBytes)
  take(sums, table, 0)
  take(sums, records, 0)
  return [sums[0]! >>> 0, sums[1]! >>> 0]
}

function take(sums: Int32Array, words: Uint32Array, from: number): void {
  let a = sums[0]!
  let b = sums[1]!
  for (let i = from; i < words.length; i++) {
    const word = words[i]! | 0
    // Each step is a bijection of the sum for a given word, and of the word for a given sum.
    a = Math.imul(a ^ word, 0x9e3779b1)
    a = (a << 13) | (a >>> 19)
    b = Math.imul((b + word) | 0, 0x85ebca77)
    b = (b << 17) | (b >>> 15)
  }
  sums[0] = a
  sums[1] = b
}
