import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Failure, failure } from '#domain/failure.ts'
import type { Invocation } from './command.ts'
import { printable } from './terminal-text.ts'

/** Bytes of a file that is read at once: more than a bundle or the names of one take. */
const FILE_BYTES_MAX = 67_108_864
const STANDARD_INPUT = 0

/** The bytes of a file that was named on the command line. Never throws. */
export function readFileOf({ folder }: Invocation, file: string): Buffer | Failure<'no-file'> {
  try {
    const path = resolve(folder, file)
    if (statSync(path).size > FILE_BYTES_MAX)
      return failure('no-file', `${printable(file)} is larger than ${FILE_BYTES_MAX} bytes`)
    return readFileSync(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return failure('no-file', `cannot read ${printable(file)} (${code})`)
  }
}

/** The text of a file, or for `-` of standard input. */
export function textOf(invocation: Invocation, file: string): string | Failure<'no-file'> {
  if (file === '-') return readFileSync(STANDARD_INPUT, 'utf8')
  const bytes = readFileOf(invocation, file)
  return Buffer.isBuffer(bytes) ? bytes.toString('utf8') : bytes
}
