/** What `check` finds of the lists of a configuration without using them. */
import { existsSync } from 'node:fs'
import type { ReadyConfig, ReadyList } from '#agent/policy/ready-config.ts'
import { keptUnknown, unknownAmong } from '#agent/rules/unknown-folders.ts'
import { foldersIn } from '#agent/supply/folders-in.ts'
import { copyPath, listFolder } from '#agent/supply/list-folder.ts'
import { loadRecord } from '#agent/supply/load-record.ts'
import { plural } from './plural.ts'

/** Folders told of one list. */
const SHOWN = 5

/** A list that is not there is no fault of the file: the agent starts and says so. */
export function missingLists({ lists }: ReadyConfig): readonly string[] {
  return lists
    .flatMap(({ id, origin }) => (origin.kind === 'file' ? [{ id, path: origin.path }] : []))
    .filter(({ path }) => !existsSync(path))
    .map(({ id, path }) => `list ${id}: there is no ${path}`)
}

/** Folders of UT1 lists of which nothing is known; of a download, those of the version that the agent keeps. */
export async function folderNotes(
  { lists, limits }: ReadyConfig,
  stateDir: string,
): Promise<readonly string[]> {
  const notes: string[] = []
  for (const list of lists) {
    if (list.format !== 'ut1') continue
    const unknown = unknownAmong(await foldersOf(list, limits.listBytes, stateDir), list.categories)
    const start = `list ${list.id}: `
    for (const { name, reason } of unknown.slice(0, SHOWN))
      notes.push(`${start}folder ${JSON.stringify(name)}: ${reason}`)
    if (unknown.length > SHOWN)
      notes.push(`${start}${plural(unknown.length - SHOWN, 'more folder')} of this kind`)
  }
  return notes
}

async function foldersOf(
  { id, origin }: ReadyList,
  bytesMax: number,
  stateDir: string,
): Promise<readonly string[]> {
  if (origin.kind === 'file') return foldersIn(origin.path, bytesMax)
  const folder = listFolder(stateDir, id)
  const good = loadRecord(folder)?.good
  return good ? keptUnknown(copyPath(folder, good.generation)) : []
}
