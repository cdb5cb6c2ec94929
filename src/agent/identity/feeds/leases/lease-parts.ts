import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { type Failure, failure } from '#domain/failure.ts'
import type { LeaseFormat } from '../../../policy/sections/identity.ts'

/** A file as it stood at one moment. */
export interface FilePart {
  readonly path: string
  /** The same as long as it is the same file, which was only added to. */
  readonly file: string
  readonly size: number
  /** Changes with every write. */
  readonly writtenNs: bigint
}

/**
 * The files that hold the leases of one path, in the order in which they count, the path itself last; what is not there is left out. When
 * Kea cleans up, it goes on in a new file, while older rows are in `.1` (set aside) and `.2` (cleaned before), and for a moment both in
 * `.completed`, which replaces them (Kea ARM, "The LFC Process"). Rejects where the path cannot be looked at.
 */
export async function leaseParts(
  path: string,
  format: LeaseFormat,
): Promise<readonly FilePart[] | Failure<'no-file'>> {
  const older = format === 'kea' ? await keaParts(path) : []
  // While Kea changes files there may be none of the name for a moment; then the older ones are all there is.
  const last = older.length > 0 ? await partIfThere(path) : await stat(path, { bigint: true })
  if (!last) return older
  // Opening anything else might wait for ever.
  return last.isFile() ? [...older, partOf(path, last)] : failure('no-file', 'it is no file')
}

export function partOf(path: string, stats: BigIntStats): FilePart {
  return {
    path,
    file: `${stats.dev}:${stats.ino}`,
    size: Number(stats.size),
    writtenNs: stats.mtimeNs,
  }
}

/** All but the last. */
export function olderOf(parts: readonly FilePart[]): string {
  return parts
    .slice(0, -1)
    .map(({ path, file, size }) => `${path} ${file} ${size}`)
    .join('\n')
}

async function keaParts(path: string): Promise<readonly FilePart[]> {
  const found = await Promise.all(
    ['.completed', '.2', '.1'].map(async (ending) => {
      const stats = await partIfThere(`${path}${ending}`)
      return stats?.isFile() ? partOf(`${path}${ending}`, stats) : undefined
    }),
  )
  const [completed, second, first] = found
  return (completed ? [completed] : [second, first]).filter((part) => part !== undefined)
}

async function partIfThere(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
