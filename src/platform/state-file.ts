import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The text of a small file of ours, or undefined where there is none. Blocks on the disk; throws when the disk does. */
export function readStateFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Writes a small file, mode 0600, so that after a power cut there is the old one or the new one; the caller does not wait on
 * the disk. Writes of one path must follow one another. Rejects when the disk does.
 */
export async function writeStateFile(path: string, content: string | Uint8Array): Promise<void> {
  const aside = `${path}.new`
  const file = await open(aside, 'w', 0o600)
  try {
    await file.chmod(0o600) // The mode of `open` is ignored for a left-over file.
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(aside, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync() // A rename is durable once its folder is.
  } finally {
    await folder.close()
  }
}
