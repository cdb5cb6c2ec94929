import {
  FINGERPRINT_MASK,
  FINGERPRINT_SHIFT,
  HAS_CHILDREN,
  HEADER,
  homeSlot,
  type IndexOffsets,
  type IndexSizes,
  LABELS_PER_NAME_MAX,
  ROOT_SLOT,
  SET_MASK,
  SLOT_WORDS,
} from './index-layout.ts'
import { hashLabel, isSameLabel } from './label-hash.ts'

/** What `find` returns when there is no such child. */
export const NO_SLOT = -2

/** Typed views over the bytes of an index, and the walk from a name's last label to its first. Reads only; never throws. */
export class IndexReader {
  readonly setBegins: Uint32Array
  readonly pairs: Uint32Array
  readonly rootSet: number
  readonly slots: number
  readonly #nodes: Uint32Array
  readonly #labels: Uint8Array
  readonly #key0: number
  readonly #key1: number
  readonly #probesMax: number
  readonly #starts = new Uint32Array(LABELS_PER_NAME_MAX)

  constructor(bytes: SharedArrayBuffer, header: Uint32Array, sizes: IndexSizes, at: IndexOffsets) {
    this.#nodes = new Uint32Array(bytes, at.nodes, sizes.slots * SLOT_WORDS)
    this.setBegins = new Uint32Array(bytes, at.sets, sizes.sets + 1)
    this.pairs = new Uint32Array(bytes, at.pairs, sizes.pairs)
    this.#labels = new Uint8Array(bytes, at.labels, sizes.labelBytes)
    this.slots = sizes.slots
    this.rootSet = header[HEADER.rootSet]!
    this.#key0 = header[HEADER.key0]! | 0
    this.#key1 = header[HEADER.key1]! | 0
    this.#probesMax = header[HEADER.probesMax]!
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

  /** The slot of the child of `parent` (ROOT_SLOT for top-level names) with the label at `at`, or NO_SLOT. Allocates nothing. */
  find(parent: number, name: Uint8Array, at: number): number {
    const hash = hashLabel(this.#key0, this.#key1, parent, name, at)
    const fingerprint = hash << FINGERPRINT_SHIFT
    const nodes = this.#nodes
    let slot = homeSlot(hash, this.slots)
    for (let probes = this.#probesMax; probes > 0; probes--) {
      const word = slot * SLOT_WORDS
      const label = nodes[word + 1]!
      if (label === 0) return NO_SLOT
      if (
        ((nodes[word + 2]! ^ fingerprint) & FINGERPRINT_MASK) === 0 &&
        (nodes[word]! | 0) === parent &&
        isSameLabel(this.#labels, label, name, at)
      )
        return slot
      slot = slot + 1 === this.slots ? 0 : slot + 1
    }
    return NO_SLOT
  }

  /** The rule set of a slot. */
  setOf(slot: number): number {
    return this.#nodes[slot * SLOT_WORDS + 2]! & SET_MASK
  }

  /** Whether anything hangs below a slot. */
  hasChildren(slot: number): boolean {
    return (this.#nodes[slot * SLOT_WORDS + 2]! & HAS_CHILDREN) !== 0
  }

  /** Whether every number in the bytes points where it may. Takes some 10 ms a million names. */
  isSound(entries: number): boolean {
    return this.#areSetsSound(entries) && this.#areNodesSound()
  }

  #areSetsSound(entries: number): boolean {
    const sets = this.setBegins.length - 1
    if (this.setBegins[0] !== 0 || this.setBegins[sets] !== this.pairs.length) return false
    if (this.setBegins[1] !== 0) return false
    for (let set = 0; set < sets; set++)
      if (this.setBegins[set]! > this.setBegins[set + 1]!) return false
    return this.pairs.every((pair) => (pair & 0xffff) < entries && pair >>> 16 < 3)
  }

  #areNodesSound(): boolean {
    const sets = this.setBegins.length - 1
    if (this.rootSet >= sets) return false
    for (let slot = 0; slot < this.slots; slot++) {
      const parent = this.#nodes[slot * SLOT_WORDS]! | 0
      const label = this.#nodes[slot * SLOT_WORDS + 1]!
      if (label === 0) continue
      if (parent < ROOT_SLOT || parent >= this.slots) return false
      if (label + (this.#labels[label] ?? this.#labels.length) >= this.#labels.length) return false
      if (this.setOf(slot) >= sets) return false
    }
    return true
  }
}
