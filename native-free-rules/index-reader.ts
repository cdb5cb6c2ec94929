import {
  HAS_CHILDREN,
  HEADER,
  type HeadOffsets,
  homeSlot,
  type IndexParts,
  LABEL_WORDS_MAX,
  LABELS_PER_NAME_MAX,
  RECORD_HEAD_WORDS,
  SET_MASK,
} from './index-layout.ts'
import { hashLabel, packLabel } from './label-hash.ts'

/** What `find` returns when there is no such child. */
export const NO_RECORD = -1

/** The walk from a name's last label to its first, over the words of an index. Reads only; never throws. */
export class IndexReader {
  readonly setBegins: Uint32Array
  readonly pairs: Uint32Array
  readonly #table: Uint32Array
  readonly #records: Uint32Array
  readonly #key0: number
  readonly #key1: number
  readonly #recordBits: number
  readonly #probesMax: number
  readonly #starts = new Uint32Array(LABELS_PER_NAME_MAX)
  readonly #label = new Uint32Array(LABEL_WORDS_MAX)

  constructor({ head, table, records }: IndexParts, at: HeadOffsets) {
    this.#table = table
    this.#records = records
    this.setBegins = head.subarray(at.sets, at.pairs)
    this.pairs = head.subarray(at.pairs, at.manifest)
    this.#key0 = head[HEADER.key0]! | 0
    this.#key1 = head[HEADER.key1]! | 0
    this.#recordBits = head[HEADER.recordBits]!
    this.#probesMax = head[HEADER.probesMax]!
  }

  /**
   * Finds where the labels of a name in wire form begin: the rightmost is at `startOf(depth - 1)`. Returns their number, or -1
   * when the bytes are no name. The starts are kept until the next call. Allocates nothing.
   */
  measure(name: Uint8Array, start: number): number {
    let depth = 0
    let at = start
    for (let size = name[at]; size !== 0; size = name[at]) {
      if (size === undefined || size > 63 || depth === LABELS_PER_NAME_MAX) return -1
      this.#starts[depth++] = at
      at += size + 1
    }
    return depth
  }

  startOf(label: number): number {
    return this.#starts[label]!
  }

  /** The record of the child of `parent` with the label at `at`, or NO_RECORD. Allocates nothing. */
  find(parent: number, name: Uint8Array, at: number): number {
    const label = this.#label
    const count = packLabel(name, at, label)
    const hash = hashLabel(this.#key0, this.#key1, parent, label, 0, count)
    const table = this.#table
    const slots = table.length
    const bits = this.#recordBits
    const mask = (1 << bits) - 1
    const fingerprint = hash << bits
    let slot = homeSlot(hash, slots)
    for (let probes = this.#probesMax; probes > 0; probes--) {
      const word = table[slot]!
      if (word === 0) return NO_RECORD
      if (((word ^ fingerprint) & ~mask) === 0 && this.#isChild(word & mask, parent, count))
        return word & mask
      slot = slot + 1 === slots ? 0 : slot + 1
    }
    return NO_RECORD
  }

  /** The rule set of a record. */
  setOf(record: number): number {
    return this.#records[record + 1]! & SET_MASK
  }

  /** Whether anything hangs below a record. */
  hasChildren(record: number): boolean {
    return (this.#records[record + 1]! & HAS_CHILDREN) !== 0
  }

  #isChild(record: number, parent: number, count: number): boolean {
    const records = this.#records
    if (records[record] !== parent) return false
    for (let i = 0; i < count; i++)
      if (records[record + RECORD_HEAD_WORDS + i] !== this.#label[i]) return false
    return true
  }
}
