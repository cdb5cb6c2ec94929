import { statSync } from 'node:fs'
import { FolderNames, listFolders } from '../rules/unknown-folders.ts'
import { gatherFolders } from './unpack/choose-member.ts'
import { readArchive } from './unpack/unpack-list.ts'

/**
 * Names of the folders of a UT1 list, in a folder or an archive; those that were found where it cannot be read to its end, which is told
 * when the list is taken. Writes nothing; never rejects.
 */
export async function foldersIn(path: string, bytesMax: number): Promise<readonly string[]> {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats?.isDirectory()) return listFolders(path)
  // Opening what is no file may wait for ever.
  if (!stats?.isFile()) return []
  const folders = new FolderNames()
  try {
    await readArchive(path, {
      bytesMax,
      chooser: () => gatherFolders(folders),
      plain: () => Promise.resolve(),
    })
  } catch {
    return folders.names
  }
  return folders.names
}
