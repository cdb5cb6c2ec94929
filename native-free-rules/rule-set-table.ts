import { SETS_MAX } from './index-layout.ts'

/** A name in more lists than this keeps the rules it had. */
export const PAIRS_PER_SET_MAX = 1024

/**
 * Interns sets of pairs (entry | scope << 16): a name holds one small number, whatever the number of its lists. Adding a pair
 * to a set is a look-up after the first time.
 */
export class RuleSetTable {
  readonly #sets: (readonly number[])[] = [[]]
  readonly #numbers = new Map<string, number>([['', 0]])
  readonly #steps = new Map<number, number>()
  /** A list's names come one after the other and most are in no other list: the same step a million times. */
  #lastKey = -1
  #lastNext = 0

  get size(): number {
    return this.#sets.length
  }

  get sets(): readonly (readonly number[])[] {
    return this.#sets
  }

  /** The number of the set with one pair more; the same number if it is in already; -1 if there is no room. */
  add(set: number, pair: number): number {
    // Pairs have 18 bits and sets 20: the key is exact in a double.
    const key = set * 262_144 + pair
    if (key === this.#lastKey) return this.#lastNext
    const next = this.#steps.get(key) ?? this.#intern(set, pair)
    if (next < 0) return next
    this.#steps.set(key, next)
    this.#lastKey = key
    this.#lastNext = next
    return next
  }

  /** The number of the set without a pair; the same number where it has none such; -1 if there is no room. */
  remove(set: number, pair: number): number {
    const pairs = this.#sets[set] ?? []
    if (!pairs.includes(pair)) return set
    return this.#numberOf(pairs.filter((one) => one !== pair))
  }

  #intern(set: number, pair: number): number {
    const pairs = this.#sets[set] ?? []
    if (pairs.includes(pair)) return set
    if (pairs.length >= PAIRS_PER_SET_MAX) return -1
    return this.#numberOf([...pairs, pair].toSorted((a, b) => a - b))
  }

  #numberOf(pairs: readonly number[]): number {
    const text = pairs.join()
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    if (this.#sets.length >= SETS_MAX) return -1
    this.#sets.push(pairs)
    this.#numbers.set(text, this.#sets.length - 1)
    return this.#sets.length - 1
  }
}
