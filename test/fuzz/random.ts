/** Reproducible randomness: the same seed gives the same run (sfc32, PractRand). */
export interface Random {
  /** 0 to `below` - 1. */
  readonly int: (below: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <T>(from: readonly [T, ...T[]]) => T
  readonly bytes: (length: number) => Buffer
}

const WARM_UP_ROUNDS = 12

export function makeRandom(seed: number, stream = 0): Random {
  let a = seed >>> 0
  let b = stream >>> 0
  let c = 0x9e3779b9
  let counter = 1
  const next = (): number => {
    const result = (a + b + counter) >>> 0
    counter = (counter + 1) >>> 0
    a = (b ^ (b >>> 9)) >>> 0
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + result) >>> 0
    return result
  }
  for (let i = 0; i < WARM_UP_ROUNDS; i++) next()
  const int = (below: number): number => Math.floor((next() / 0x1_0000_0000) * below)
  return {
    int,
    chance: (probability) => next() / 0x1_0000_0000 < probability,
    pick: (from) => from[int(from.length)] ?? from[0],
    bytes: (length) => {
      const out = Buffer.alloc(length)
      for (let i = 0; i < length; i++) out[i] = next() >>> 24
      return out
    },
  }
}
