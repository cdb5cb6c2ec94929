import { closeSync, fstatSync, fsyncSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { IndexParts } from '#rules/index-layout.ts'
import { openIndex, splitIndex } from '#rules/open-index.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import type { RuleIndex } from '#rules/rule-index.ts'

/** No snapshot is larger: five million names take 160 MB. */
const SNAPSHOT_BYTES_MAX = 1_073_741_824

/** Loads a compiled snapshot with one read, checked. Any fault is a failure: the caller falls back. */
export function loadSnapshot(file: string): RuleIndex | Failure {
  const bytes = readShared(file)
  if (isFailure(bytes)) return bytes
  const parts = splitIndex(bytes)
  return isRuleFailure(parts) ? parts : openIndex(parts)
}

/** Writes a snapshot so that a power cut leaves the old one or the new one, never half of one. */
export function saveSnapshot(file: string, { head, table, records }: IndexParts): void {
  const temporary = `${file}.new`
  const fd = openSync(temporary, 'w', 0o600)
  try {
    for (const { buffer, byteOffset, byteLength } of [head, table, records])
      writeWhole(fd, new Uint8Array(buffer, byteOffset, byteLength))
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, file)
}

function writeWhole(fd: number, view: Uint8Array): void {
  for (let at = 0; at < view.length; ) at += writeSync(fd, view, at)
}

function readShared(file: string): SharedArrayBuffer | Failure<'no-snapshot'> {
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    const { size } = fstatSync(fd)
    if (size > SNAPSHOT_BYTES_MAX) return failure('no-snapshot', 'snapshot is too large')
    const bytes = new SharedArrayBuffer(size)
    const view = new Uint8Array(bytes)
    for (let at = 0; at < size; ) {
      const read = readSync(fd, view, at, size - at, at)
      if (read === 0) return failure('no-snapshot', 'snapshot is cut off')
      at += read
    }
    return bytes
  } catch (error) {
    return failure('no-snapshot', error instanceof Error ? error.message : String(error))
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}
