import { checksum } from './checksum.ts'
import { compileConditions } from './condition-table.ts'
import {
  FORMAT_VERSION,
  HEADER,
  HEADER_WORDS,
  type IndexSizes,
  layOut,
  MAGIC,
  PROBES_MAX,
} from './index-layout.ts'
import { IndexReader } from './index-reader.ts'
import { type IndexManifest, readManifest } from './manifest.ts'
import { isRuleFailure, type RuleFailure, ruleFailure } from './rule-failure.ts'
import { RuleIndex } from './rule-index.ts'

type Unreadable = RuleFailure<'bad-index'>

/**
 * Opens the bytes of an index, which are also its file: nothing is copied but the manifest. Anything that is not exactly what
 * the builder wrote, down to a flipped bit, is refused. Takes some 15 ms a million names, and half a
 * millisecond a regular expression. Never throws.
 */
export function openIndex(bytes: SharedArrayBuffer): RuleIndex | Unreadable {
  if (bytes.byteLength < HEADER_WORDS * 4 || bytes.byteLength % 4 !== 0)
    return refused('is too short')
  const words = new Uint32Array(bytes)
  if (words[HEADER.magic] !== MAGIC) return refused('is no rule index')
  if (words[HEADER.version] !== FORMAT_VERSION) return refused('is of another format version')
  if (words[HEADER.totalBytes] !== bytes.byteLength) return refused('is cut or too long')
  const [a, b] = checksum(words, HEADER.totalBytes)
  if (words[HEADER.checksum] !== a || words[HEADER.checksum + 1] !== b)
    return refused('has been changed since it was written')
  return openChecked(bytes, words)
}

/** The sums hold, so what is wrong from here on was written wrong: it is refused all the same. */
function openChecked(bytes: SharedArrayBuffer, words: Uint32Array): RuleIndex | Unreadable {
  const sizes: IndexSizes = {
    slots: words[HEADER.slots]!,
    sets: words[HEADER.sets]!,
    pairs: words[HEADER.pairs]!,
    labelBytes: words[HEADER.labelBytes]!,
    manifestBytes: words[HEADER.manifestBytes]!,
  }
  const offsets = layOut(sizes)
  if (offsets.total !== bytes.byteLength || sizes.slots === 0 || sizes.sets === 0)
    return refused('has parts that do not fit')
  if (words[HEADER.probesMax]! > PROBES_MAX) return refused('has too long a way to a name')
  const manifest = manifestAt(bytes, offsets.manifest, sizes.manifestBytes)
  if (!manifest) return refused('has no readable manifest')
  const reader = new IndexReader(bytes, words.subarray(0, HEADER_WORDS), sizes, offsets)
  if (!reader.isSound(manifest.entries.length)) return refused('points outside itself')
  const conditions = compileConditions(manifest.entries)
  if (isRuleFailure(conditions)) return refused(`has a rule that cannot be: ${conditions.detail}`)
  return new RuleIndex(reader, manifest, {
    conditions,
    names: words[HEADER.names]!,
    sizeBytes: bytes.byteLength,
  })
}

function manifestAt(
  bytes: SharedArrayBuffer,
  at: number,
  length: number,
): IndexManifest | undefined {
  // A copy, because text decoders do not read shared memory everywhere.
  const copy = new Uint8Array(length)
  copy.set(new Uint8Array(bytes, at, length))
  return readManifest(new TextDecoder().decode(copy))
}

function refused(why: string): Unreadable {
  return ruleFailure('bad-index', `the index ${why}`)
}
