import type { Clock } from '#platform/clock.ts'
import { readStateFile, writeStateFile } from '#platform/state-file.ts'
import { ReleaseBook } from './release-book.ts'

/** The releases that the run before left in a file; one that cannot be read releases nothing. Blocks on the disk, once. */
export function openReleases(
  file: string,
  clock: Clock,
  onFault: (text: string) => void,
): ReleaseBook {
  return new ReleaseBook({
    clock,
    kept: read(file, onFault),
    save: (text) => writeStateFile(file, text),
    onFault,
  })
}

function read(file: string, onFault: (text: string) => void): string | undefined {
  try {
    return readStateFile(file)
  } catch (error) {
    onFault(`the file of releases cannot be read: ${String(error)}`)
    return undefined
  }
}
