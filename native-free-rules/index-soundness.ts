import {
  HAS_CHILDREN,
  HEADER,
  type HeadOffsets,
  type IndexParts,
  RECORD_HEAD_WORDS,
  ROOT_WORDS,
  SET_MASK,
  wordsOf,
} from './index-layout.ts'

/** Whether every number in an index points where it may. Takes some 30 ms a million names. */
export function isSound(parts: IndexParts, at: HeadOffsets, entries: number): boolean {
  const { head, table, records } = parts
  if (
    !areSetsSound(head.subarray(at.sets, at.pairs), head.subarray(at.pairs, at.manifest), entries)
  )
    return false
  const begins = recordBegins(records, head[HEADER.sets]!)
  return begins !== undefined && areSlotsSound(table, begins, head[HEADER.recordBits]!)
}

function areSetsSound(begins: Uint32Array, pairs: Uint32Array, entries: number): boolean {
  const sets = begins.length - 1
  if (begins[0] !== 0 || begins[sets] !== pairs.length) return false
  if (begins[1] !== 0) return false
  for (let set = 0; set < sets; set++) if (begins[set]! > begins[set + 1]!) return false
  return pairs.every((pair) => (pair & 0xffff) < entries && pair >>> 16 < 3)
}

/** One bit a word, set where a record begins; undefined where one is not sound. */
function recordBegins(records: Uint32Array, sets: number): Uint32Array | undefined {
  const begins = new Uint32Array(wordsOf(records.length / 8) + 1)
  let record = 0
  while (record + RECORD_HEAD_WORDS < records.length) {
    const parent = records[record]!
    const size = records[record + RECORD_HEAD_WORDS]! & 0xff
    const isRoot = record === 0
    if (isRoot !== (size === 0) || size > 63) return undefined
    if (isRoot ? parent !== 0 : parent >= record || !isSet(begins, parent)) return undefined
    const flags = records[record + 1]!
    if ((flags & SET_MASK) >= sets || flags >= HAS_CHILDREN * 2) return undefined
    begins[record >>> 5]! |= 1 << (record & 31)
    record += RECORD_HEAD_WORDS + wordsOf(size + 1)
  }
  return record === records.length ? begins : undefined
}

function areSlotsSound(table: Uint32Array, begins: Uint32Array, bits: number): boolean {
  const mask = 2 ** bits - 1
  for (let slot = 0; slot < table.length; slot++) {
    const word = table[slot]!
    if (word === 0) continue
    const record = (word & mask) >>> 0
    if (record < ROOT_WORDS || !isSet(begins, record)) return false
  }
  return true
}

function isSet(bits: Uint32Array, at: number): boolean {
  return ((bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0
}
