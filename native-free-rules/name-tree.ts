import { GrowingBytes, GrowingWords } from './growing-array.ts'
import { LABELS_PER_NAME_MAX, ROOT_SLOT } from './index-layout.ts'
import { hashLabel, isSameLabel } from './label-hash.ts'

const FIRST_SLOTS = 4096
const LOAD_MAX = 0.6
/** Short labels seen lately are not stored again; `www` and its like are a tenth of all label bytes. */
const RECENT_LABELS = 1 << 12
const SHORT_LABEL = 6

/** The names of an index while it is built: nodes are numbered as they come, so a parent's number is below its children's. */
export class NameTree {
  readonly parents: GrowingWords = new GrowingWords()
  readonly labelOffsets: GrowingWords = new GrowingWords()
  readonly sets: GrowingWords = new GrowingWords()
  readonly labels: GrowingBytes = new GrowingBytes()
  rootSet = 0
  /** The hash of each node, so that the table grows without hashing again and differing nodes are told apart at a glance. */
  #hashes = new GrowingWords()
  readonly #key0: number
  readonly #key1: number
  readonly #recent = new Uint32Array(RECENT_LABELS)
  readonly #starts = new Uint8Array(LABELS_PER_NAME_MAX)
  #table = new Uint32Array(FIRST_SLOTS)

  constructor(key0: number, key1: number) {
    this.#key0 = key0
    this.#key1 = key1
    // Offset 0 means "no label".
    this.labels.append(new Uint8Array(1), 0, 1)
  }

  get nodes(): number {
    return this.parents.length
  }

  /** The node of a name in lower-case wire form at the start of `wire`; made if it is new; ROOT_SLOT for the root. */
  nodeOf(wire: Uint8Array): number {
    let depth = 0
    for (let at = 0; wire[at]! !== 0; at += wire[at]! + 1) this.#starts[depth++] = at
    let node = ROOT_SLOT
    while (depth > 0) node = this.#childOf(node, wire, this.#starts[--depth]!)
    return node
  }

  setOf(node: number): number {
    return node === ROOT_SLOT ? this.rootSet : this.sets.words[node]!
  }

  putSet(node: number, set: number): void {
    if (node === ROOT_SLOT) this.rootSet = set
    else this.sets.words[node] = set
  }

  /** Lets go of what only adding needs, before the flat index is made beside it. Nothing can be added after. */
  close(): void {
    this.#hashes = new GrowingWords()
    this.#table = new Uint32Array(0)
  }

  #childOf(parent: number, wire: Uint8Array, at: number): number {
    const hash = hashLabel(this.#key0, this.#key1, parent, wire, at)
    const mask = this.#table.length - 1
    const hashes = this.#hashes.words
    let slot = hash & mask
    for (let entry = this.#table[slot]!; entry !== 0; entry = this.#table[slot]!) {
      const node = entry - 1
      if ((hashes[node]! | 0) === hash && this.#isChild(node, parent, wire, at)) return node
      slot = (slot + 1) & mask
    }
    return this.#addNode({ parent, hash, slot }, wire, at)
  }

  #isChild(node: number, parent: number, wire: Uint8Array, at: number): boolean {
    return (
      (this.parents.words[node]! | 0) === parent &&
      isSameLabel(this.labels.bytes, this.labelOffsets.words[node]!, wire, at)
    )
  }

  #addNode({ parent, hash, slot }: NewNode, wire: Uint8Array, at: number): number {
    this.parents.push(parent)
    this.labelOffsets.push(this.#labelOffset(wire, at))
    this.sets.push(0)
    this.#hashes.push(hash)
    this.#table[slot] = this.parents.length
    if (this.parents.length > this.#table.length * LOAD_MAX) this.#growTable()
    return this.parents.length - 1
  }

  #labelOffset(wire: Uint8Array, at: number): number {
    const size = wire[at]!
    if (size > SHORT_LABEL) return this.labels.append(wire, at, size + 1)
    const place = hashLabel(this.#key0, this.#key1, 0, wire, at) & (RECENT_LABELS - 1)
    const recent = this.#recent[place]!
    if (recent !== 0 && isSameLabel(this.labels.bytes, recent, wire, at)) return recent
    const offset = this.labels.append(wire, at, size + 1)
    this.#recent[place] = offset
    return offset
  }

  #growTable(): void {
    const table = new Uint32Array(this.#table.length * 2)
    const mask = table.length - 1
    const hashes = this.#hashes.words
    for (let node = 0; node < this.parents.length; node++) {
      let slot = hashes[node]! & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = node + 1
    }
    this.#table = table
  }
}

interface NewNode {
  readonly parent: number
  readonly hash: number
  /** The free slot of the table that the search ended at. */
  readonly slot: number
}
