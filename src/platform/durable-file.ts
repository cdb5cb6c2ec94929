import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a small file so that after a power cut there is the old one or the new one, never half of one. Blocks on the
 * disk. Throws when the disk does.
 */
export function writeFileDurably(path: string, text: string, mode: number): void {
  const aside = `${path}.new`
  const file = openSync(aside, 'w', mode)
  try {
    fchmodSync(file, mode) // The mode of `open` is lessened by the umask and ignored for a left-over file.
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(aside, path)
  syncFolder(dirname(path))
}

/** A rename, or a new file, is durable once its folder is. Blocks on the disk; throws when it fails. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
