/**
 * Repeatable chance (mulberry32). Each device's day has dice of its own, seeded by what they are for, so that a day is the same
 * whether it is played alone or after sixty others.
 */
export class Dice {
  #state: number

  /** The same numbers give the same throws. */
  constructor(...seeds: readonly number[]) {
    this.#state = mixSeeds(seeds)
  }

  /** From 0 up to but not including 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }

  /** A whole number from 0 up to but not including `below`. */
  int(below: number): number {
    return Math.floor(this.fraction() * below)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  /** One of a list that is not empty; the first of an empty one does not exist. */
  pick<T>(from: readonly T[]): T {
    const one = from[this.int(from.length)]
    if (one === undefined) throw new EmptyChoiceError()
    return one
  }

  /** As `pick`, but the first are taken far more often than the last, as popular sites are. */
  pickPopular<T>(from: readonly T[]): T {
    const skewed = this.fraction() ** POPULARITY
    const one = from[Math.floor(skewed * from.length)]
    if (one === undefined) throw new EmptyChoiceError()
    return one
  }

  /** How often something of this mean rate happens in one step: a Poisson number, at most `COUNT_MAX`. */
  count(mean: number): number {
    if (mean <= 0) return 0
    const floor = Math.exp(-mean)
    let product = this.fraction()
    let times = 0
    while (product > floor && times < COUNT_MAX) {
      product *= this.fraction()
      times++
    }
    return times
  }
}

/** A text as a seed. */
export function textSeed(text: string): number {
  let hash = 7
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i)
  return hash
}

const POPULARITY = 3
const COUNT_MAX = 100

class EmptyChoiceError extends Error {
  override readonly name = 'EmptyChoiceError'
  readonly code = 'EDGE_EMPTY_CHOICE'
  constructor() {
    super('nothing to choose from')
  }
}

function mixSeeds(seeds: readonly number[]): number {
  let hash = 0x811c9dc5
  for (const seed of seeds) {
    hash = Math.imul(hash ^ (seed >>> 0), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  return hash
}
