/**
 * A compiled index: three parts, one after the other in its file, each a SharedArrayBuffer of its own when it was just built. All
 * numbers are little-endian 32-bit words.
 *
 *   head      header: magic, version, checksum, sizes, key of the hash
 *             where each rule set begins in the pairs; one word more than there are sets; set 0 is the empty one
 *             pairs: entry | scope << 16
 *             manifest, JSON in UTF-8: lists, entries, fingerprint
 *   table     open-addressed: 0 = free, else the record of a node and, in the bits that it leaves, a fingerprint
 *   records   one a node, as long as its label needs, parents before children; the root's is at 0:
 *             record of the parent | rule set and has children | length-prefixed label, filled up with zeros
 *
 * A node is found by hashing (record of the parent, label) and walking on in the table from there until a free place. The label is
 * always compared, so the answer is exact. A record stays where it was first put: what is built is what is read, nothing is copied.
 */
export const MAGIC = 0x4c525345
export const FORMAT_VERSION = 4
export const HEADER_WORDS = 16

/** Word indices in the header. */
export const HEADER = {
  magic: 0,
  version: 1,
  /** Two words, over everything from `totalBytes` on. */
  checksum: 2,
  totalBytes: 4,
  slots: 5,
  probesMax: 6,
  sets: 7,
  pairs: 8,
  recordWords: 9,
  manifestBytes: 10,
  /** How many low bits of a table word are a record. */
  recordBits: 11,
  names: 12,
  key0: 13,
  key1: 14,
  nodes: 15,
} as const

/** The parts of an index. Words of shared memory: nothing changes them once the index is built. */
export interface IndexParts {
  readonly head: Uint32Array<SharedArrayBuffer>
  readonly table: Uint32Array<SharedArrayBuffer>
  readonly records: Uint32Array<SharedArrayBuffer>
}

/** The root's record, whose label is empty. */
export const ROOT_RECORD = 0
export const ROOT_WORDS = 3
/** Words of a record before its label. */
export const RECORD_HEAD_WORDS = 2
/** Words of the longest label with its length byte. */
export const LABEL_WORDS_MAX = 16
/** Words that the longest name can add: 127 labels of one byte. */
export const NAME_WORDS_MAX: number = 127 * (RECORD_HEAD_WORDS + 1)
/** A record's second word: its rule set, and whether it has children. */
export const SET_BITS = 20
export const SETS_MAX: number = 1 << SET_BITS
export const SET_MASK: number = SETS_MAX - 1
/** Set on records that something hangs below: a look-up need not go on from any other. */
export const HAS_CHILDREN: number = 1 << SET_BITS
/** A node is never further than this from where its hash says: the builder takes a bigger table rather. */
export const PROBES_MAX = 1024
export const LABELS_PER_NAME_MAX = 127
/** Entries are 16-bit numbers, and those of `extra-entries.ts` come after an index's own. */
export const ENTRIES_MAX = 65_500
/** Words of all records: 768 MiB. */
export const RECORD_WORDS_MAX = 201_326_592
/** Places of the table: 256 MiB. */
export const SLOTS_MAX = 67_108_864

export interface HeadSizes {
  readonly sets: number
  readonly pairs: number
  readonly manifestBytes: number
}

/** Where each piece of the head begins, in words. */
export interface HeadOffsets {
  readonly sets: number
  readonly pairs: number
  readonly manifest: number
  readonly total: number
}

/** Lays the pieces of the head out one after the other. */
export function layOutHead({ sets, pairs, manifestBytes }: HeadSizes): HeadOffsets {
  const pairsAt = HEADER_WORDS + sets + 1
  const manifest = pairsAt + pairs
  return { sets: HEADER_WORDS, pairs: pairsAt, manifest, total: manifest + wordsOf(manifestBytes) }
}

/** Bytes of a whole index. */
export function bytesOf({ head, table, records }: IndexParts): number {
  return head.byteLength + table.byteLength + records.byteLength
}

/** The place in the table that a hash begins at, evenly spread over a table of any size. Exact for fewer than 2^27 places. */
export function homeSlot(hash: number, slots: number): number {
  return Math.floor((hash >>> 0) * (slots / 4_294_967_296))
}

/** Words that so many bytes take. */
export function wordsOf(bytes: number): number {
  return (bytes + 3) >>> 2
}
