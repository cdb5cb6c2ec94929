/**
 * The locked bundle on the disk of a box, in the agent's part of the state folder: `locked.bundle`, the content keys
 * `locked-ID.key`, and `locked.json`, which remembers whose bundle was installed and how new it was.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isFailure } from '#domain/failure.ts'
import type { LockedStatus } from '#domain/locked-status.ts'
import { readStateFile } from '#platform/state-file.ts'
import { BUNDLE_BYTES_MAX, parseJson } from './bundle-format.ts'
import { readContentKey } from './content-key.ts'
import { type OpenedBundle, openBundle } from './open-bundle.ts'
import { publisherId } from './publisher-key.ts'

const OURS = /^locked(?:\.bundle|\.json|-[A-Za-z0-9_-]{1,100}\.key)$/
const KEY_FILE = /^locked-[A-Za-z0-9_-]{1,100}\.key$/

/** What is remembered of installed bundles, so that one cannot go away unnoticed. */
export interface LockedRecord {
  readonly v: 1
  /** The public key that is trusted from now on. */
  readonly publisher: string
  /** Of the newest bundle that was installed; 0 while the first one is being installed. */
  readonly serial: number
}
const recordSchema: z.ZodType<LockedRecord> = z.strictObject({
  v: z.literal(1),
  publisher: z.string().min(20).max(100),
  serial: z.int().min(0),
})

/** What stands in a folder. */
export type LockedFound =
  | { readonly kind: 'none' }
  | { readonly kind: 'lost'; readonly problem: string }
  | { readonly kind: 'in-force'; readonly bundle: OpenedBundle }

export function bundlePath(folder: string): string {
  return join(folder, 'locked.bundle')
}
export function recordPath(folder: string): string {
  return join(folder, 'locked.json')
}
export function contentKeyPath(folder: string, keyId: string): string {
  return join(folder, `locked-${keyId}.key`)
}

/** Names of the files of content keys. */
export function contentKeyFiles(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => KEY_FILE.test(name))
}

/**
 * Checks and opens what is installed; `trusted` is the public key to go by in place of the one that is remembered. Blocks on the
 * disk. Never throws: whatever is wrong is told.
 */
export function loadLocked(folder: string, trusted?: string): LockedFound {
  try {
    const record = readRecord(folder)
    const bytes = readBundleFile(bundlePath(folder))
    if (record === undefined && bytes === undefined) return { kind: 'none' }
    if (record === undefined) return lost('locked.json is gone, which says whose bundle to trust')
    if (record === 'unreadable') return lost('locked.json is not understood')
    if (bytes === undefined) return lost('locked.bundle is gone')
    return open(folder, bytes, { ...record, publisher: trusted ?? record.publisher })
  } catch (error) {
    return lost(`its files cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

/** What is said of it. */
export function statusOf(found: LockedFound): LockedStatus {
  return found.kind === 'in-force' ? inForceStatus(found.bundle) : found
}

/** What is said of a bundle in force; `problem` where the disk does not hold it any more. */
export function inForceStatus({ header }: OpenedBundle, problem?: string): LockedStatus {
  const { publisher, serial, madeAt, names } = header
  const told = { publisher: publisherId(publisher), serial, madeAt, names }
  return { kind: 'in-force', ...told, ...(problem === undefined ? {} : { problem }) }
}

/** What changes when any of the files does. Blocks on the disk, for facts only. */
export function lockedFingerprint(folder: string): string {
  try {
    const facts = readdirSync(folder)
      .filter((name) => OURS.test(name))
      .toSorted()
      .map((name) => {
        const stats = statSync(join(folder, name), { throwIfNoEntry: false })
        return [name, stats?.ino, stats?.size, stats?.mtimeMs, stats?.ctimeMs].join(' ')
      })
    return facts.join('\n')
  } catch {
    return 'unreadable'
  }
}

/** What is remembered; undefined where nothing was ever installed. Throws when the disk does. */
export function readRecord(folder: string): LockedRecord | 'unreadable' | undefined {
  const text = readStateFile(recordPath(folder))
  if (text === undefined) return undefined
  const { data } = recordSchema.safeParse(parseJson(text))
  return data ?? 'unreadable'
}

/** The content key of an id, where there is a sound one. */
export function readKeyOf(folder: string): (keyId: string) => Buffer | undefined {
  return (keyId) => {
    const text = readStateFile(contentKeyPath(folder, keyId))
    const key = text === undefined ? undefined : readContentKey(text)
    return key === undefined || isFailure(key) ? undefined : key
  }
}

function open(folder: string, bytes: Buffer, record: LockedRecord): LockedFound {
  const bundle = openBundle(bytes, { pinned: record.publisher, keyOf: readKeyOf(folder) })
  if (isFailure(bundle)) return lost(bundle.detail)
  const { serial } = bundle.header
  return serial < record.serial
    ? lost(`locked.bundle has serial ${serial}, and ${record.serial} was installed before`)
    : { kind: 'in-force', bundle }
}

function readBundleFile(path: string): Buffer | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return undefined
  // What is too large is refused by its size; it need not be in memory for that.
  return stats.size > BUNDLE_BYTES_MAX ? Buffer.alloc(0) : readFileSync(path)
}

function lost(problem: string): LockedFound {
  return { kind: 'lost', problem }
}
