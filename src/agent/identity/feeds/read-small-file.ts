import { readFileSync, statSync } from 'node:fs'
import { type Failure, failure } from '#domain/failure.ts'

const OTHERS_READ = 0o004

export interface SmallFile {
  readonly text: string
  /** Every user of this machine can read it. */
  readonly isOpenToAll: boolean
}

/** A secret, a certificate: a file that is read in one go. Blocks on the disk, but not on what is no file; never throws. */
export function readSmallFile(path: string, bytesMax: number): SmallFile | Failure {
  try {
    const stats = statSync(path)
    // Opening anything else might wait for ever.
    if (!stats.isFile()) return failure('unreadable', 'is no file')
    if (stats.size > bytesMax) return failure('too-long', `is longer than ${bytesMax} bytes`)
    return { text: readFileSync(path, 'utf8'), isOpenToAll: (stats.mode & OTHERS_READ) !== 0 }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    return failure('unreadable', `cannot be read (${code})`)
  }
}
