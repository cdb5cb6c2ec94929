import { checksum } from './checksum.ts'
import {
  bytesOf,
  FORMAT_VERSION,
  HEADER,
  type IndexParts,
  layOutHead,
  MAGIC,
} from './index-layout.ts'
import { type IndexManifest, writeManifest } from './manifest.ts'
import type { NameTree } from './name-tree.ts'

export interface IndexContent {
  readonly tree: NameTree
  readonly key: readonly [number, number]
  readonly sets: readonly (readonly number[])[]
  readonly manifest: IndexManifest
}

/** Closes an index: the tree's own words as they are, and a head that says what they mean. */
export function writeIndex({ tree, key, sets, manifest }: IndexContent): IndexParts {
  const text = new TextEncoder().encode(writeManifest(manifest))
  const pairs = sets.reduce((sum, set) => sum + set.length, 0)
  const sizes = { sets: sets.length, pairs, manifestBytes: text.length }
  const offsets = layOutHead(sizes)
  const head = new Uint32Array(new SharedArrayBuffer(offsets.total * 4))
  const parts = { head, ...tree.finish() }
  let at = 0
  for (const [number, set] of sets.entries()) {
    head[offsets.sets + number] = at
    for (const pair of set) head[offsets.pairs + at++] = pair
  }
  head[offsets.sets + sets.length] = at
  new Uint8Array(head.buffer, offsets.manifest * 4, text.length).set(text)
  head[HEADER.magic] = MAGIC
  head[HEADER.version] = FORMAT_VERSION
  head[HEADER.totalBytes] = bytesOf(parts)
  head[HEADER.slots] = tree.slots
  head[HEADER.probesMax] = tree.probesMax
  head[HEADER.sets] = sizes.sets
  head[HEADER.pairs] = sizes.pairs
  head[HEADER.recordWords] = parts.records.length
  head[HEADER.manifestBytes] = sizes.manifestBytes
  head[HEADER.recordBits] = tree.recordBits
  head[HEADER.names] = tree.names
  head[HEADER.key0] = key[0]
  head[HEADER.key1] = key[1]
  head[HEADER.nodes] = tree.nodes
  head.set(checksum(parts), HEADER.checksum)
  return parts
}
