import { accessSync, constants, statSync } from 'node:fs'
import { failure } from '#domain/failure.ts'
import type { Offer } from './keep-version.ts'
import type { ListFailure } from './list-record.ts'
import type { Taken } from './take-list.ts'

/** Offers a file of this machine, or, where a list may be one, a folder. */
export function readOwnFile(
  { path, mayBeFolder }: { readonly path: string; readonly mayBeFolder: boolean },
  offer: (one: Offer) => Promise<Taken>,
): Promise<Taken> {
  const found = look(path, mayBeFolder)
  return 'failure' in found ? Promise.resolve(found) : offer({ ...found, path })
}

function look(
  path: string,
  mayBeFolder: boolean,
): Pick<Offer, 'isFolder' | 'updatedAt'> | ListFailure {
  try {
    const stats = statSync(path)
    if (!stats.isFile() && !stats.isDirectory())
      return failure('unreadable', `${path} is neither a file nor a folder`)
    if (stats.isDirectory() && !mayBeFolder)
      return failure('unreadable', `${path} is a folder and no file`)
    accessSync(path, constants.R_OK)
    return { isFolder: stats.isDirectory(), updatedAt: stats.mtimeMs }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT') return failure('unreadable', `there is no ${path}`)
    return failure('unreadable', `${path} cannot be read (${code})`)
  }
}
