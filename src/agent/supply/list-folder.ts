import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { syncFolder, writeFileDurably } from '#platform/durable-file.ts'
import type { ListRecord } from './list-record.ts'
import { SUPPLY_LIMITS } from './supply-limits.ts'

/** The file of a list's record. */
export const RECORD = 'record.json'

/** What is kept of lists: `lists/ID/record.json`, and beside it one file, or for UT1 one folder, a version. */
export function listFolder(stateDir: string, id: string): string {
  return join(stateDir, 'lists', id)
}

/** Where a version is. It is never changed once it is in a record. */
export function copyPath(folder: string, generation: number): string {
  return join(folder, `version-${generation}`)
}

/** Keeps a record durably, and after that removes the versions that it does not name. Blocks on the disk; throws when it fails. */
export function saveRecord(folder: string, record: ListRecord): void {
  syncFolder(folder)
  writeFileDurably(join(folder, RECORD), `${JSON.stringify(record)}\n`, 0o600)
  clean(folder, record)
}

/** Makes a list's folder, without what a run that was cut short has left in it. */
export function openFolder(folder: string, record: ListRecord): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  clean(folder, record)
}

/** Ids of all lists of which something is kept. Blocks on the disk; never throws. */
export function keptLists(stateDir: string): readonly string[] {
  return names(join(stateDir, 'lists'))
}

/** Removes what was kept of lists that have been out of the configuration for long. Blocks on the disk; never throws. */
export function sweepLists(stateDir: string, keep: readonly string[], nowMs: number): void {
  const root = join(stateDir, 'lists')
  for (const id of keptLists(stateDir)) {
    if (keep.includes(id)) continue
    const changedMs = statSync(join(root, id, RECORD), { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (nowMs - changedMs > SUPPLY_LIMITS.keepGoneMs)
      rmSync(join(root, id), { recursive: true, force: true })
  }
}

function clean(folder: string, { good, held, previous }: ListRecord): void {
  const kept = [good?.generation, held?.generation, previous]
    .filter((generation) => generation !== undefined)
    .map((generation) => copyPath(folder, generation))
  for (const name of names(folder)) {
    const path = join(folder, name)
    if (name !== RECORD && !kept.includes(path)) rmSync(path, { recursive: true, force: true })
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
