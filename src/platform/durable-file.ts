import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes a small file so that after a power cut there is the old one or the new one, never half of one. Blocks on the
 * disk. Throws when the disk does.
 */
export function writeFileDurably(path: string, text: string, mode: number): void {
  writeBytesDurably(path, Buffer.from(text, 'utf8'), { mode })
}

/** Who may use a file. */
export interface FileAccess {
  readonly mode: number
  /** Whose it becomes; the writer's own where it is absent. Only root may give files away. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** The same for bytes, and for files that are not to be the writer's own. */
export function writeBytesDurably(path: string, bytes: Uint8Array, access: FileAccess): void {
  const { mode, owner } = access
  const aside = `${path}.new`
  const file = openSync(aside, 'w', mode)
  try {
    fchmodSync(file, mode) // The mode of `open` is lessened by the umask and ignored for a left-over file.
    if (owner) fchownSync(file, owner.uid, owner.gid)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
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
