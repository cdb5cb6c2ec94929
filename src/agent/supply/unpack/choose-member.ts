import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { syncFolder } from '#platform/durable-file.ts'
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

const FOLDER = /^[A-Za-z0-9_-]{1,64}$/

/**
 * UT1: `domains` and `usage` of each folder that is used, however deep the folder lies. The first counts where one is there
 * twice. Names on the disk are made here: nothing of the archive's own paths is followed.
 */
export function chooseFolders(target: string, isUsed: (folder: string) => boolean): Chooser {
  const seen = new Set<string>()
  mkdirSync(target, { mode: 0o700 })
  return {
    choose: (parts) => {
      const file = parts.at(-1)
      const folder = parts.at(-2) ?? ''
      if (file !== 'domains' && file !== 'usage') return undefined
      if (!FOLDER.test(folder) || !isUsed(folder) || seen.has(`${folder}/${file}`)) return undefined
      seen.add(`${folder}/${file}`)
      mkdirSync(join(target, folder), { recursive: true, mode: 0o700 })
      return fileSink(join(target, folder, file))
    },
    finish: () => {
      if (seen.size === 0) throw badArchive('the archive holds no UT1 folder that is used')
      for (const path of seen) syncFolder(join(target, dirname(path)))
      syncFolder(target)
    },
  }
}
