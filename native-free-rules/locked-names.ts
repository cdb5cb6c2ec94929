import { LOCKED_CATEGORIES } from './categories.ts'
import type { CategoryId } from './category-ids.ts'
import { effectStrength } from './effect-strength.ts'
import { LABEL_WORDS_MAX, LABELS_PER_NAME_MAX } from './index-layout.ts'
import { hashLabel, packLabel } from './label-hash.ts'
import type { Matches } from './matches.ts'

/** Bytes of the digest that a name is confirmed by. */
export const DIGEST_BYTES = 16
/** Of the mark of a row: the name alone counts, not what is below it. */
const EXACT = 0x80

/** Two words for `hashLabel`: secret, or else names could be chosen that look like listed ones. */
export type LabelKeys = readonly [number, number]

/**
 * The first DIGEST_BYTES of a keyed digest of the wire form from `from` up to `to`. This folder has no cryptography, so whoever
 * opens a bundle brings it.
 */
export type NameDigest = (name: Uint8Array, from: number, to: number) => Uint8Array

/** The names of a locked bundle, row by row; no name is in it. */
export interface LockedRows {
  readonly keys: LabelKeys
  /** For whoever makes the NameDigest. */
  readonly digestKey: Uint8Array
  /** `labelHashOf` of each name. */
  readonly hashes: Int32Array
  /** DIGEST_BYTES each. */
  readonly digests: Uint8Array
  /** `markOf` each. */
  readonly marks: Uint8Array
}

/**
 * Names that the law locks, known by keyed hashes only. Every name above the asked one is looked up by a 32-bit hash that
 * grows label by label; only what is found there is confirmed by a digest of 128 bits. So a name that is not listed costs a
 * hash of its bytes, and is taken for one of N listed names with odds of N in 2^128.
 */
export class LockedNames {
  readonly size: number
  /** For another thread, which makes names of its own from them. */
  readonly rows: LockedRows
  readonly #key0: number
  readonly #key1: number
  readonly #digest: NameDigest
  /** Open addressing, at most half full: a hash, and its row plus one; zero is an empty place. */
  readonly #table: Int32Array
  readonly #mask: number
  readonly #starts = new Uint16Array(LABELS_PER_NAME_MAX)
  readonly #label = new Uint32Array(LABEL_WORDS_MAX)

  constructor(rows: LockedRows, digest: NameDigest) {
    this.size = rows.hashes.length
    this.rows = rows
    this.#key0 = rows.keys[0]
    this.#key1 = rows.keys[1]
    this.#digest = digest
    this.#mask = 2 ** Math.ceil(Math.log2(2 * this.size + 2)) - 1
    this.#table = new Int32Array(2 * (this.#mask + 1))
    for (let row = 0; row < this.size; row++) {
      let place = rows.hashes[row]! & this.#mask
      while (this.#table[2 * place + 1] !== 0) place = (place + 1) & this.#mask
      this.#table[2 * place] = rows.hashes[row]!
      this.#table[2 * place + 1] = row + 1
    }
  }

  /**
   * Appends what covers the lower-case wire-form name at `start`: `firstEntry` for the first of `LOCKED_CATEGORIES`, and so on.
   * Never throws; allocates only to confirm a hash that is listed.
   */
  match(name: Uint8Array, start: number, firstEntry: number, out: Matches): void {
    const starts = this.#starts
    const table = this.#table
    let labels = 0
    let at = start
    while (at < name.length && name[at] !== 0 && labels < LABELS_PER_NAME_MAX) {
      starts[labels++] = at
      at += name[at]! + 1
    }
    if (name[at] !== 0) return
    let hash = 0
    for (let label = labels - 1; label >= 0; label--) {
      const from = starts[label]!
      const words = packLabel(name, from, this.#label)
      hash = hashLabel(this.#key0, this.#key1, hash, this.#label, 0, words)
      let place = hash & this.#mask
      for (; table[2 * place + 1] !== 0; place = (place + 1) & this.#mask) {
        if (table[2 * place] !== hash) continue
        const row = table[2 * place + 1]! - 1
        const mark = this.rows.marks[row]!
        if ((mark & EXACT) !== 0 && label > 0) continue
        if (this.#isRow(row, this.#digest(name, from, at + 1)))
          out.add(firstEntry + (mark & ~EXACT), LOCKED_STRENGTH, 0)
      }
    }
  }

  #isRow(row: number, digest: Uint8Array): boolean {
    const { digests } = this.rows
    for (let i = 0; i < DIGEST_BYTES; i++)
      if (digests[row * DIGEST_BYTES + i] !== digest[i]) return false
    return true
  }
}

/** What a row keeps of its category and scope. */
export function markOf(category: CategoryId, isExact: boolean): number {
  return LOCKED_CATEGORIES.indexOf(category) | (isExact ? EXACT : 0)
}

/** The category of a mark; undefined where it stands for none. */
export function categoryOfMark(mark: number): CategoryId | undefined {
  return LOCKED_CATEGORIES[mark & ~EXACT]
}

/** The hash by which a lower-case wire-form name is found. */
export function labelHashOf([key0, key1]: LabelKeys, name: Uint8Array): number {
  const starts: number[] = []
  for (let at = 0; name[at] !== 0 && at < name.length; at += name[at]! + 1) starts.push(at)
  const label = new Uint32Array(LABEL_WORDS_MAX)
  return starts.reduceRight(
    (hash, at) => hashLabel(key0, key1, hash, label, 0, packLabel(name, at, label)),
    0,
  )
}

const LOCKED_STRENGTH = effectStrength({ kind: 'categorise', category: 'illegal.csam' })
