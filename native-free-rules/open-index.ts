import { checksum } from './checksum.ts'
import { compileConditions } from './condition-table.ts'
import {
  bytesOf,
  FORMAT_VERSION,
  HEADER,
  HEADER_WORDS,
  type HeadOffsets,
  type IndexParts,
  layOutHead,
  MAGIC,
  PROBES_MAX,
  ROOT_WORDS,
} from './index-layout.ts'
import { IndexReader } from './index-reader.ts'
import { isSound } from './index-soundness.ts'
import { type IndexManifest, readManifest } from './manifest.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from './rule-failure.ts'
import { RuleIndex } from './rule-index.ts'

type Unreadable = RuleFailure<'bad-index'>

/**
 * Opens an index: nothing is copied but the manifest. Anything that is not exactly what the builder wrote, down to a flipped bit, is
 * refused. Takes some 40 ms a million names, and half a millisecond a regular expression. Never throws.
 */
export function openIndex(parts: IndexParts): RuleIndex | Unreadable {
  const opened = openHead(parts)
  if (!('offsets' in opened)) return opened
  const [a, b] = checksum(parts)
  if (parts.head[HEADER.checksum] !== a || parts.head[HEADER.checksum + 1] !== b)
    return refused('has been changed since it was written')
  // The sums hold, so what is wrong from here on was written wrong: it is refused all the same.
  const manifest = readManifestOf(parts, opened.offsets)
  if (!manifest) return refused('has no readable manifest')
  if (!isSound(parts, opened.offsets, manifest.entries.length))
    return refused('points outside itself')
  return makeIndex(parts, opened.offsets, manifest)
}

/**
 * Opens an index that `openIndex` has accepted before, in another thread of this process: what it checked, and shared memory has
 * kept, is not checked again. Takes no longer for more names. Never throws.
 */
export function reopenIndex(parts: IndexParts): RuleIndex | Unreadable {
  const opened = openHead(parts)
  if (!('offsets' in opened)) return opened
  const manifest = readManifestOf(parts, opened.offsets)
  return manifest ? makeIndex(parts, opened.offsets, manifest) : refused('has no readable manifest')
}

/** The parts of an index that lies in one piece, as in its file. Nothing is copied. */
export function splitIndex(bytes: SharedArrayBuffer): IndexParts | Unreadable {
  if (bytes.byteLength < HEADER_WORDS * 4 || bytes.byteLength % 4 !== 0)
    return refused('is too short')
  const words = new Uint32Array(bytes)
  const fault = whyNotOurs(words)
  if (fault) return fault
  if (words[HEADER.totalBytes] !== bytes.byteLength) return refused('is cut or too long')
  const head = headOffsetsOf(words).total
  const records = words.length - words[HEADER.recordWords]!
  if (head + words[HEADER.slots]! !== records) return refused('has parts that do not fit')
  return {
    head: words.subarray(0, head),
    table: words.subarray(head, records),
    records: words.subarray(records),
  }
}

function openHead(parts: IndexParts): { readonly offsets: HeadOffsets } | Unreadable {
  const { head, table, records } = parts
  const fault = whyNotOurs(head)
  if (fault) return fault
  const offsets = headOffsetsOf(head)
  if (
    head[HEADER.totalBytes] !== bytesOf(parts) ||
    offsets.total !== head.length ||
    head[HEADER.slots] !== table.length ||
    head[HEADER.recordWords] !== records.length ||
    head[HEADER.sets] === 0 ||
    table.length === 0 ||
    records.length < ROOT_WORDS
  )
    return refused('has parts that do not fit')
  if (head[HEADER.probesMax]! > PROBES_MAX) return refused('has too long a way to a name')
  const bits = head[HEADER.recordBits]!
  if (bits < 1 || bits > 30) return refused('has records of an impossible size')
  return { offsets }
}

function whyNotOurs(words: Uint32Array): Unreadable | undefined {
  if (words[HEADER.magic] !== MAGIC) return refused('is no rule index')
  return words[HEADER.version] === FORMAT_VERSION
    ? undefined
    : refused('is of another format version')
}

function headOffsetsOf(words: Uint32Array): HeadOffsets {
  return layOutHead({
    sets: words[HEADER.sets]!,
    pairs: words[HEADER.pairs]!,
    manifestBytes: words[HEADER.manifestBytes]!,
  })
}

function makeIndex(
  parts: IndexParts,
  offsets: HeadOffsets,
  manifest: IndexManifest,
): RuleIndex | Unreadable {
  const conditions = compileConditions(manifest.entries)
  if (isRuleFailure(conditions)) return refused(`has a rule that cannot be: ${conditions.detail}`)
  return new RuleIndex(new IndexReader(parts, offsets), manifest, {
    conditions,
    names: parts.head[HEADER.names]!,
    sizeBytes: bytesOf(parts),
  })
}

function readManifestOf(
  { head }: IndexParts,
  { manifest }: HeadOffsets,
): IndexManifest | undefined {
  // A copy, because text decoders do not read shared memory everywhere.
  const copy = new Uint8Array(head[HEADER.manifestBytes]!)
  copy.set(new Uint8Array(head.buffer, head.byteOffset + manifest * 4, copy.length))
  return readManifest(new TextDecoder().decode(copy))
}

function refused(why: string): Unreadable {
  return ruleFailure('bad-index', `the index ${why}`)
}
