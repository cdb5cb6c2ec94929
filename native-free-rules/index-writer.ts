import { checksum } from './checksum.ts'
import {
  FINGERPRINT_SHIFT,
  FORMAT_VERSION,
  HAS_CHILDREN,
  HEADER,
  HEADER_WORDS,
  homeSlot,
  type IndexOffsets,
  layOut,
  MAGIC,
  PROBES_MAX,
  ROOT_SLOT,
  SLOT_WORDS,
} from './index-layout.ts'
import { hashLabel } from './label-hash.ts'
import { type IndexManifest, writeManifest } from './manifest.ts'
import type { NameTree } from './name-tree.ts'
import { type RuleFailure, ruleFailure } from './rule-failure.ts'

/** How full the table is: 16 bytes a node, and about nine slots looked at for a name that is not there, in one or two cache lines. */
const LOAD = 0.75
/** A table in which some name is too far from home is tried again this much bigger. */
const ROOMIER = 1.2
const SLOTS_MIN = 8
const SLOTS_MAX = 1 << 27

export interface IndexParts {
  readonly tree: NameTree
  readonly key: readonly [number, number]
  readonly sets: readonly (readonly number[])[]
  readonly manifest: IndexManifest
}

/** Writes the flat index. Fails only beyond the limits of the format. */
export function writeIndex(parts: IndexParts): SharedArrayBuffer | RuleFailure<'index-too-big'> {
  const manifest = new TextEncoder().encode(writeManifest(parts.manifest))
  const pairs = parts.sets.reduce((sum, set) => sum + set.length, 0)
  let slots = Math.max(SLOTS_MIN, Math.ceil(parts.tree.nodes / LOAD))
  for (;;) {
    if (slots >= SLOTS_MAX) return ruleFailure('index-too-big', 'more names than the format holds')
    const sizes = {
      slots,
      sets: parts.sets.length,
      pairs,
      labelBytes: parts.tree.labels.length,
      manifestBytes: manifest.length,
    }
    const offsets = layOut(sizes)
    const bytes = new SharedArrayBuffer(offsets.total)
    const nodes = new Uint32Array(bytes, offsets.nodes, slots * SLOT_WORDS)
    const probes = placeNodes(parts, nodes, slots)
    if (probes <= PROBES_MAX) {
      writeRest(parts, bytes, offsets, manifest)
      writeHeader(parts, bytes, { ...sizes, probes, total: offsets.total })
      return bytes
    }
    slots = Math.ceil(slots * ROOMIER)
  }
}

/**
 * Puts every node into its slot, parents before children, because a child's place depends on its parent's slot. Returns the
 * longest way from home.
 */
function placeNodes({ tree, key }: IndexParts, nodes: Uint32Array, slots: number): number {
  const parents = tree.parents.words
  const offsets = tree.labelOffsets.words
  const sets = tree.sets.words
  const labels = tree.labels.bytes
  const placed = new Uint32Array(tree.nodes)
  const key0 = key[0] | 0
  const key1 = key[1] | 0
  let longest = 1
  for (let node = 0; node < placed.length; node++) {
    const treeParent = parents[node]! | 0
    const parent = treeParent === ROOT_SLOT ? ROOT_SLOT : placed[treeParent]!
    const hash = hashLabel(key0, key1, parent, labels, offsets[node]!)
    let slot = homeSlot(hash, slots)
    let probes = 1
    while (nodes[slot * SLOT_WORDS + 1] !== 0) {
      slot = slot + 1 === slots ? 0 : slot + 1
      probes += 1
    }
    if (probes > PROBES_MAX) return probes
    if (probes > longest) longest = probes
    placed[node] = slot
    nodes[slot * SLOT_WORDS] = parent
    nodes[slot * SLOT_WORDS + 1] = offsets[node]!
    nodes[slot * SLOT_WORDS + 2] = (hash << FINGERPRINT_SHIFT) | sets[node]!
    if (parent !== ROOT_SLOT) nodes[parent * SLOT_WORDS + 2]! |= HAS_CHILDREN
  }
  return longest
}

function writeRest(
  { tree, sets }: IndexParts,
  bytes: SharedArrayBuffer,
  offsets: IndexOffsets,
  manifest: Uint8Array,
): void {
  const begins = new Uint32Array(bytes, offsets.sets, sets.length + 1)
  const pairs = new Uint32Array(bytes, offsets.pairs)
  let at = 0
  for (const [number, set] of sets.entries()) {
    begins[number] = at
    for (const pair of set) pairs[at++] = pair
  }
  begins[sets.length] = at
  const labels = new Uint8Array(bytes, offsets.labels, tree.labels.length)
  labels.set(tree.labels.bytes.subarray(0, tree.labels.length))
  new Uint8Array(bytes, offsets.manifest, manifest.length).set(manifest)
}

interface HeaderValues {
  readonly slots: number
  readonly sets: number
  readonly pairs: number
  readonly labelBytes: number
  readonly manifestBytes: number
  readonly probes: number
  readonly total: number
}

function writeHeader(
  { tree, key }: IndexParts,
  bytes: SharedArrayBuffer,
  values: HeaderValues,
): void {
  const header = new Uint32Array(bytes, 0, HEADER_WORDS)
  header[HEADER.magic] = MAGIC
  header[HEADER.version] = FORMAT_VERSION
  header[HEADER.totalBytes] = values.total
  header[HEADER.slots] = values.slots
  header[HEADER.probesMax] = values.probes
  header[HEADER.sets] = values.sets
  header[HEADER.pairs] = values.pairs
  header[HEADER.labelBytes] = values.labelBytes
  header[HEADER.manifestBytes] = values.manifestBytes
  header[HEADER.rootSet] = tree.rootSet
  header[HEADER.names] = countNames(tree)
  header[HEADER.key0] = key[0]
  header[HEADER.key1] = key[1]
  header[HEADER.nodes] = tree.nodes
  const [a, b] = checksum(new Uint32Array(bytes), HEADER.totalBytes)
  header[HEADER.checksum] = a
  header[HEADER.checksum + 1] = b
}

function countNames(tree: NameTree): number {
  const sets = tree.sets.words
  let names = tree.rootSet === 0 ? 0 : 1
  for (let node = 0; node < tree.nodes; node++) if (sets[node] !== 0) names += 1
  return names
}
