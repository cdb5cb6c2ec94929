import { type FSWatcher, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Watches the folder of a file, because editors and installers replace the file by a rename. Undefined where nothing can be watched: look now and then. */
export function watchFolder(path: string, onChange: () => void): FSWatcher | undefined {
  const file = basename(path)
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_, changed) => {
      if (changed === file || changed === null) onChange()
    })
    watcher.on('error', () => watcher.close()) // The regular look goes on without it.
    return watcher
  } catch {
    return undefined // As above: no such folder, or no watches left.
  }
}
