/**
 * The bytes of a compiled index, which is also its file. All numbers are little-endian 32-bit words.
 *
 *   header    fixed size: magic, version, checksum, sizes, key of the hash
 *   nodes     open-addressed table of three words a slot: parent slot, label offset (0 = free slot),
 *             rule set | has children | fingerprint
 *   sets      where each rule set begins in `pairs`; one word more than there are sets; set 0 is the empty one
 *   pairs     entry | scope << 16
 *   labels    length-prefixed label bytes; offset 0 is never a label
 *   manifest  JSON in UTF-8: lists, entries, fingerprint
 *
 * A node is found by hashing (parent slot, label) and walking on from that slot until a free one; the label's bytes are always
 * compared, so the answer is exact.
 */
export const MAGIC = 0x4c525345
export const FORMAT_VERSION = 2
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
  labelBytes: 9,
  manifestBytes: 10,
  rootSet: 11,
  names: 12,
  key0: 13,
  key1: 14,
  nodes: 15,
} as const

export const SLOT_WORDS = 3
/** The parent of top-level labels, as a signed number: all ones in the file. No slot has it. */
export const ROOT_SLOT = -1
/** A slot's third word: its rule set, whether it has children, and the low bits of its hash as a fingerprint. */
export const SET_BITS = 20
export const SETS_MAX: number = 1 << SET_BITS
export const SET_MASK: number = SETS_MAX - 1
/** Set on slots that something hangs below: a look-up need not go on from any other. */
export const HAS_CHILDREN: number = 1 << SET_BITS
/** The place in the table comes of a hash's high bits, so its low ones tell neighbours apart. */
export const FINGERPRINT_SHIFT: number = SET_BITS + 1
export const FINGERPRINT_MASK: number = ~((1 << FINGERPRINT_SHIFT) - 1)
/** A slot is never further than this from where its hash says: the builder takes a bigger table rather. */
export const PROBES_MAX = 1024
export const LABELS_PER_NAME_MAX = 127
/** Entries are 16-bit numbers, and those of `extra-entries.ts` come after an index's own. */
export const ENTRIES_MAX = 65_500

const WORD = 4

export interface IndexSizes {
  readonly slots: number
  readonly sets: number
  readonly pairs: number
  readonly labelBytes: number
  readonly manifestBytes: number
}

/** Where each part begins, in bytes. */
export interface IndexOffsets {
  readonly nodes: number
  readonly sets: number
  readonly pairs: number
  readonly labels: number
  readonly manifest: number
  readonly total: number
}

/** Lays the parts out one after the other, each on a word's boundary. */
export function layOut(sizes: IndexSizes): IndexOffsets {
  const nodes = HEADER_WORDS * WORD
  const sets = nodes + sizes.slots * SLOT_WORDS * WORD
  const pairs = sets + (sizes.sets + 1) * WORD
  const labels = pairs + sizes.pairs * WORD
  const manifest = labels + roundUp(sizes.labelBytes)
  return { nodes, sets, pairs, labels, manifest, total: manifest + roundUp(sizes.manifestBytes) }
}

/** The slot a hash begins at, evenly spread over a table of any size. Exact for fewer than 2^27 slots. */
export function homeSlot(hash: number, slots: number): number {
  return Math.floor((hash >>> 0) * (slots / 4_294_967_296))
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / WORD) * WORD
}
