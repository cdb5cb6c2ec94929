/** Two 32-bit sums over words: any change of one word changes both. Guards against rot, not against forgery. */
export function checksum(words: Uint32Array, from: number): readonly [number, number] {
  let a = 0x243f6a88
  let b = 0x85a308d3
  for (let i = from; i < words.length; i++) {
    const word = words[i]!
    // Each step is a bijection of the sum for a given word, and of the word for a given sum.
    a = Math.imul(a ^ word, 0x9e3779b1)
    a = (a << 13) | (a >>> 19)
    b = Math.imul((b + word) | 0, 0x85ebca77)
    b = (b << 17) | (b >>> 15)
  }
  return [a >>> 0, b >>> 0]
}
