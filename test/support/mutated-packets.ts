/** Changes packets by chance that can be had again. */

/** Mulberry32: whole numbers below a limit. */
export function makeRandom(seed: number): (below: number) => number {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** One of the samples with some bytes changed, cut off, doubled, or with the end of another. */
export function mutate(samples: readonly Buffer[], random: (below: number) => number): Buffer {
  const bytes = Buffer.from(samples[random(samples.length)] ?? '')
  const way = random(8)
  if (way === 0) return bytes.subarray(0, random(bytes.length + 1))
  if (way === 1) {
    const other = samples[random(samples.length)] ?? bytes
    const at = random(bytes.length + 1)
    return Buffer.concat([bytes.subarray(0, at), other.subarray(Math.min(at, other.length))])
  }
  if (way === 2)
    return Buffer.concat([bytes, bytes.subarray(random(bytes.length))]).subarray(0, 1500)
  const changes = 1 + random(way)
  for (let i = 0; i < changes; i++) {
    // Headers are where it hurts.
    const at = random(random(2) === 0 ? Math.min(80, bytes.length) : bytes.length)
    bytes[at] = [0, 0xff, 0x7f, 0x80, 1, random(256)][random(6)] ?? 0
  }
  return bytes
}
