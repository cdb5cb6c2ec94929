import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type Failure, failure } from '#domain/failure.ts'
import type { ListParser } from '#rules/parse/rule-taker.ts'

const CHUNK_BYTES = 65_536

/**
 * Feeds a file to a parser piece by piece, so that a list of any size takes no more memory than its rules. What is not
 * UTF-8 arrives as replacement characters and is refused by the parser. A failure says why nothing, or not all, was read.
 */
export function readList(
  file: string,
  parser: ListParser,
  bytesMax: number,
): Failure<'unreadable'> | undefined {
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    const { size } = fstatSync(fd)
    if (size > bytesMax)
      return failure('unreadable', `${size} bytes are more than the limit of ${bytesMax}`)
    feed(fd, parser)
    return undefined
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return failure('unreadable', `cannot be read (${code})`)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function feed(fd: number, parser: ListParser): void {
  const decoder = new TextDecoder()
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (;;) {
    const read = readSync(fd, chunk)
    if (read === 0) break
    parser.write(decoder.decode(chunk.subarray(0, read), { stream: true }))
  }
  parser.write(decoder.decode())
  parser.end()
}
