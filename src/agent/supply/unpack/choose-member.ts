import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFolder } from '#platform/durable-file.ts'
import type { ut1Use } from '#rules/parse/ut1-folder.ts'
import { isRuleFailure } from '#rules/rule-failure.ts'
import { FolderNames, keepUnknown } from '../../rules/unknown-folders.ts'
import { fileSink, type Sink } from './file-sink.ts'
import { badArchive } from './unpack-fault.ts'

/** Says of each regular file of an archive, in their order, where it goes; undefined leaves it out. */
export interface Chooser {
  readonly choose: (parts: readonly string[]) => Sink | undefined
  /** After the last file. Throws UnpackFault when what was wanted was not there. */
  readonly finish: () => void
}

/** One file: the named one, or the only one that there is. */
export function chooseOne(target: string, member: string | undefined): Chooser {
  let found: string | undefined
  return {
    choose: (parts) => {
      const path = parts.join('/')
      if (member !== undefined && path !== member) return undefined
      if (found !== undefined)
        throw badArchive(
          member === undefined
            ? `the archive holds ${JSON.stringify(found.slice(0, 60))} and ${JSON.stringify(path.slice(0, 60))}: say with member which is meant`
            : `the archive holds ${JSON.stringify(member)} twice`,
        )
      found = path
      return fileSink(target)
    },
    finish: () => {
      if (found !== undefined) return
      throw badArchive(
        member === undefined
          ? 'there is no file in the archive'
          : `there is no ${JSON.stringify(member)} in the archive`,
      )
    },
  }
}

/** What is done with a folder, by its name. */
export type UseOf = (folder: string) => ReturnType<typeof ut1Use>

/**
 * UT1: `domains` and `usage` of each folder that is used, however deep the folder lies, and the names of those of which nothing is
 * known. The first counts where one is there twice. Names on the disk are made here: nothing of the archive's own paths is followed.
 */
export function chooseFolders(target: string, useOf: UseOf): Chooser {
  const seen = new Set<string>()
  const unknown = new FolderNames()
  mkdirSync(target, { mode: 0o700 })
  return {
    choose: (parts) => {
      const found = listFile(parts)
      if (!found) return undefined
      const { folder, file } = found
      const use = useOf(folder)
      if (isRuleFailure(use)) unknown.add(folder)
      if (use === 'off' || isRuleFailure(use) || seen.has(`${folder}/${file}`)) return undefined
      seen.add(`${folder}/${file}`)
      mkdirSync(join(target, folder), { recursive: true, mode: 0o700 })
      return fileSink(join(target, folder, file))
    },
    finish: () => {
      if (seen.size === 0) throw badArchive(noFolder(unknown.names, useOf))
      keepUnknown(target, unknown.names)
      for (const path of seen) syncFolder(join(target, dirname(path)))
      syncFolder(target)
    },
  }
}

/** Takes nothing, and gathers the names of the folders that are lists. */
export function gatherFolders(folders: FolderNames): Chooser {
  return {
    choose: (parts) => {
      const found = listFile(parts)
      if (found) folders.add(found.folder)
      return undefined
    },
    finish: () => undefined,
  }
}

/** Folder and name of a file that is part of a list. */
function listFile(
  parts: readonly string[],
): { readonly folder: string; readonly file: string } | undefined {
  const file = parts.at(-1)
  const folder = parts.at(-2)
  if (folder === undefined || (file !== 'domains' && file !== 'usage')) return undefined
  return { folder, file }
}

function noFolder([first]: readonly string[], useOf: UseOf): string {
  const none = 'the archive holds no UT1 folder that is used'
  const use = first === undefined ? undefined : useOf(first)
  return isRuleFailure(use) ? `${none}; of ${JSON.stringify(first)}: ${use.detail}` : none
}
