import { createHash } from 'node:crypto'
import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ReadyConfig, ReadyList, SchoolRule } from '../policy/ready-config.ts'

/** Everything that the compiler needs, as plain data that can be handed to a worker. */
export interface CompilePlan {
  readonly lists: readonly ReadyList[]
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
 * What is to be compiled, with a fingerprint that changes with any of it: settings, and name, size and time of every
 * file. `product` stands for the shipped sets and the compiler. Blocks on the disk, for file facts only.
 */
export function makeCompilePlan(config: ReadyConfig, product: string): CompilePlan {
  const { lists, schoolAllow, schoolDeny, limits } = config
  const facts = lists.map((list) => [list, filesOf(list).map(fileFact)])
  const settings = JSON.stringify(
    [product, facts, schoolAllow, schoolDeny, limits.listNames],
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

/** The files that a list is read from; none when its folder cannot be read. */
export function filesOf(list: ReadyList): readonly string[] {
  if (list.format !== 'ut1') return [list.path]
  return ut1Folders(list.path).flatMap((folder) => [
    join(list.path, folder, 'domains'),
    join(list.path, folder, 'usage'),
  ])
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

function fileFact(path: string): readonly [string, number, number] {
  const stats = statSync(path, { throwIfNoEntry: false })
  return [path, stats?.size ?? -1, stats?.mtimeMs ?? 0]
}
