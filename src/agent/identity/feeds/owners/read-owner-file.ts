import { readFile, stat } from 'node:fs/promises'
import { failure } from '#domain/failure.ts'
import { decodeText } from './decode-text.ts'
import { OWNER_LIMITS } from './owner-limits.ts'
import type { OwnersFault } from './read-owners.ts'

/** The text of an import, or why it is of no use. Never rejects. */
export async function readOwnerFile(file: string): Promise<string | OwnersFault> {
  try {
    const stats = await stat(file)
    // Opening anything else might wait for ever.
    if (!stats.isFile()) return failure('owners-unusable', 'it is no file')
    const { size } = stats
    if (size > OWNER_LIMITS.fileBytes)
      return failure('owners-unusable', `${size} bytes; at most ${OWNER_LIMITS.fileBytes} are read`)
    return decodeText(await readFile(file))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return failure(
      'owners-unusable',
      code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`,
    )
  }
}
