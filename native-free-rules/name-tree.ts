import { GrowingWords } from './growing-words.ts'
import {
  HAS_CHILDREN,
  homeSlot,
  LABEL_WORDS_MAX,
  LABELS_PER_NAME_MAX,
  NAME_WORDS_MAX,
  PROBES_MAX,
  RECORD_HEAD_WORDS,
  RECORD_WORDS_MAX,
  ROOT_RECORD,
  ROOT_WORDS,
  SET_MASK,
  SLOTS_MAX,
  wordsOf,
} from './index-layout.ts'
import { hashLabel, packLabel } from './label-hash.ts'

const FIRST_SLOTS = 64
/** How full the table gets: some four places looked at for a name that is there, in one or two cache lines, and 20 for one that is not. */
const LOAD_MAX = 0.85
/** Each growth puts every record in its place again, for which it is hashed again: less means less waste and more work. */
const GROWTH = 1.3
/** Of real lists, rounded up: decides how soon records need a bit more. */
const RECORD_WORDS_MEAN = 6
/** Records put in their place at a time. */
const BATCH = 256
/** Where more names were expected than came, the table is made smaller at the end. */
const LOAD_MIN = 0.6
const LOAD_WISHED = 0.75

/**
 * The names of an index. What adding needs, records and the table that finds them, is what looking up needs, so building leaves
 * nothing to be copied. A node is named by where its record begins.
 */
export class NameTree {
  readonly #records = new GrowingWords(RECORD_WORDS_MAX)
  readonly #slotWords = new GrowingWords(SLOTS_MAX)
  readonly #key0: number
  readonly #key1: number
  readonly #starts = new Uint8Array(LABELS_PER_NAME_MAX)
  readonly #label = new Uint32Array(LABEL_WORDS_MAX)
  readonly #batchNodes = new Uint32Array(BATCH)
  readonly #batchHashes = new Int32Array(BATCH)
  /** What was read ahead is kept for nobody, so that reading it is no idle work to be left out. */
  readonly #readAhead = new Uint32Array(BATCH)
  #batchSize = 0
  /** Words used of the records. */
  #used = ROOT_WORDS
  #nodes = 0
  #names = 0
  #slots = FIRST_SLOTS
  #nodesMax = 0
  /** Low bits of a table word that are a record; above them is the fingerprint. */
  #recordBits = 0
  /** Records must begin before here to fit into so many bits. */
  #recordsEnd = 0
  #probesMax = 1

  /** Room is made for `nodesExpected` at once; it may be a guess. */
  constructor(key0: number, key1: number, nodesExpected = 0) {
    this.#key0 = key0 | 0
    this.#key1 = key1 | 0
    this.#layTable(Math.max(FIRST_SLOTS, Math.ceil(nodesExpected / LOAD_MAX)))
  }

  get nodes(): number {
    return this.#nodes
  }

  /** Nodes that have a rule. */
  get names(): number {
    return this.#names
  }

  get slots(): number {
    return this.#slots
  }

  get recordBits(): number {
    return this.#recordBits
  }

  /** The longest way from home. */
  get probesMax(): number {
    return this.#probesMax
  }

  /** Whether there might be no room for one name more. */
  get isFull(): boolean {
    return (
      this.#used + NAME_WORDS_MAX > RECORD_WORDS_MAX ||
      (this.#nodes + LABELS_PER_NAME_MAX) * 2 > SLOTS_MAX
    )
  }

  /** The finished parts; nothing can be added after. */
  finish(): {
    readonly table: Uint32Array<SharedArrayBuffer>
    readonly records: Uint32Array<SharedArrayBuffer>
  } {
    if (this.#nodes < this.#slots * LOAD_MIN)
      this.#layTable(Math.max(FIRST_SLOTS, Math.ceil(this.#nodes / LOAD_WISHED)))
    return { table: this.#slotWords.first(this.#slots), records: this.#records.first(this.#used) }
  }

  /** The node of a name in lower-case wire form at the start of `wire`; made if it is new. */
  nodeOf(wire: Uint8Array): number {
    let depth = 0
    for (let at = 0; wire[at]! !== 0; at += wire[at]! + 1) this.#starts[depth++] = at
    let node = ROOT_RECORD
    while (depth > 0) node = this.#childOf(node, wire, this.#starts[--depth]!)
    return node
  }

  setOf(node: number): number {
    return this.#records.words[node + 1]! & SET_MASK
  }

  putSet(node: number, set: number): void {
    const words = this.#records.words
    const before = words[node + 1]!
    this.#names += Number(set !== 0) - Number((before & SET_MASK) !== 0)
    words[node + 1] = (before & ~SET_MASK) | set
  }

  #childOf(parent: number, wire: Uint8Array, at: number): number {
    const label = this.#label
    const count = packLabel(wire, at, label)
    const hash = hashLabel(this.#key0, this.#key1, parent, label, 0, count)
    const table = this.#slotWords.words
    const slots = this.#slots
    const bits = this.#recordBits
    const records = this.#records.words
    const mask = (1 << bits) - 1
    const fingerprint = hash << bits
    let slot = homeSlot(hash, slots)
    let probes = 1
    for (let word = table[slot]!; word !== 0; word = table[slot]!) {
      if (((word ^ fingerprint) & ~mask) === 0) {
        const node = word & mask
        if (records[node] === parent && isLabel(records, node, label, count)) return node
      }
      slot = slot + 1 === slots ? 0 : slot + 1
      probes += 1
    }
    const node = this.#addRecord(parent, count)
    table[slot] = fingerprint | node
    if (probes > this.#probesMax) this.#probesMax = probes
    this.#makeRoom()
    return node
  }

  #addRecord(parent: number, count: number): number {
    const node = this.#used
    this.#used += RECORD_HEAD_WORDS + count
    this.#records.reserve(this.#used)
    const records = this.#records.words
    records[node] = parent
    records[parent + 1]! |= HAS_CHILDREN
    for (let i = 0; i < count; i++) records[node + RECORD_HEAD_WORDS + i] = this.#label[i]!
    this.#nodes += 1
    return node
  }

  /** Lays the table anew where it is too full for one node more, or where the next record would need more bits. */
  #makeRoom(): void {
    const isCrowded = this.#nodes >= this.#nodesMax || this.#probesMax > PROBES_MAX
    if (isCrowded) this.#layTable(Math.ceil(this.#slots * GROWTH))
    else if (this.#used >= this.#recordsEnd) this.#layTable(this.#slots)
  }

  #layTable(slots: number): void {
    let enough = slots
    while (!this.#tryTable(enough)) enough = Math.ceil(enough * GROWTH)
  }

  /** Puts every record into a table of so many places; false where one would be too far from home. */
  #tryTable(slots: number): boolean {
    this.#slotWords.reserve(slots)
    const table = this.#slotWords.words
    table.fill(0, 0, slots)
    this.#slots = slots
    this.#nodesMax = Math.floor(slots * LOAD_MAX)
    const wordsExpected = Math.max(this.#used * GROWTH, this.#nodesMax * RECORD_WORDS_MEAN)
    this.#recordBits = Math.ceil(Math.log2(wordsExpected + NAME_WORDS_MAX))
    this.#recordsEnd = 2 ** this.#recordBits
    let longest = 1
    for (let node = ROOT_WORDS; node < this.#used && longest <= PROBES_MAX; ) {
      node = this.#hashBatch(node)
      longest = Math.max(longest, this.#placeBatch(table))
    }
    this.#probesMax = longest
    return longest <= PROBES_MAX
  }

  /** Hashes the records from `node` on, as many as make a batch; returns where the next begins. */
  #hashBatch(node: number): number {
    const records = this.#records.words
    let next = node
    let count = 0
    for (; count < BATCH && next < this.#used; count++) {
      const label = next + RECORD_HEAD_WORDS
      const words = wordsOf((records[label]! & 0xff) + 1)
      this.#batchNodes[count] = next
      this.#batchHashes[count] = hashLabel(
        this.#key0,
        this.#key1,
        records[next]!,
        records,
        label,
        words,
      )
      next = label + words
    }
    this.#batchSize = count
    return next
  }

  /**
   * Puts a batch of records into the table; returns the longest way from home. Their homes are read first, all of them: reads that
   * wait for nothing are served by memory side by side, which is most of what a table larger than the caches costs.
   */
  #placeBatch(table: Uint32Array): number {
    const slots = this.#slots
    const bits = this.#recordBits
    const hashes = this.#batchHashes
    for (let i = 0; i < this.#batchSize; i++)
      this.#readAhead[i] = table[homeSlot(hashes[i]!, slots)]!
    let longest = 1
    for (let i = 0; i < this.#batchSize; i++) {
      const hash = hashes[i]!
      let slot = homeSlot(hash, slots)
      let probes = 1
      while (table[slot] !== 0) {
        slot = slot + 1 === slots ? 0 : slot + 1
        probes += 1
      }
      table[slot] = (hash << bits) | this.#batchNodes[i]!
      if (probes > longest) longest = probes
    }
    return longest
  }
}

function isLabel(records: Uint32Array, node: number, label: Uint32Array, count: number): boolean {
  for (let i = 0; i < count; i++)
    if (records[node + RECORD_HEAD_WORDS + i] !== label[i]) return false
  return true
}
