import { createHash } from 'node:crypto'
import { type Dirent, readdirSync } from 'node:fs'
import type { ReadyConfig, ReadyList, SchoolRule } from '../policy/ready-config.ts'

/** A list with the version of it that is in force. */
export type ListVersion = ReadyList & {
  /** Absolute; for `ut1` a folder. What is there never changes: another version has another path. */
  readonly path: string
  /** Hostile text. */
  readonly version: string
  /** When its content changed, in milliseconds since the epoch. */
  readonly updatedAt: number
}

/** Everything that the compiler needs, as plain data that can be handed to a worker. */
export interface CompilePlan {
  readonly lists: readonly ListVersion[]
  readonly schoolAllow: readonly SchoolRule[]
  readonly schoolDeny: readonly SchoolRule[]
  readonly listBytesMax: number
  readonly listNamesMax: number
  readonly refusedLinesKept: number
  readonly fingerprint: string
}

/** Folders of one UT1 tree that are looked at. */
const FOLDERS_MAX = 500

/**
 * What is to be compiled, with a fingerprint that changes with any of it: settings, and the version of every list. `product`
 * stands for the shipped sets and the compiler.
 */
export function makeCompilePlan(
  config: ReadyConfig,
  lists: readonly ListVersion[],
  product: string,
): CompilePlan {
  const { schoolAllow, schoolDeny, limits } = config
  const settings = JSON.stringify(
    [product, lists, schoolAllow, schoolDeny, limits.listNames],
    (_, value) => (value instanceof Map ? [...value] : value),
  )
  return {
    lists,
    schoolAllow,
    schoolDeny,
    listBytesMax: limits.listBytes,
    listNamesMax: limits.listNames,
    refusedLinesKept: limits.refusedLinesKept,
    fingerprint: createHash('sha256').update(settings).digest('hex'),
  }
}

/** Category folders of a UT1 tree, sorted. */
export function ut1Folders(path: string): readonly string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry: Dirent) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted()
      .slice(0, FOLDERS_MAX)
  } catch {
    return []
  }
}
