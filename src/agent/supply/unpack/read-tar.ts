import { archivePath } from './archive-path.ts'
import type { Chooser } from './choose-member.ts'
import type { Sink } from './file-sink.ts'
import { badArchive } from './unpack-fault.ts'

/** The block of a tar archive (POSIX.1-1988 "ustar", pax of POSIX.1-2001, GNU long names). */
export const TAR_BLOCK = 512
const ENTRIES_MAX = 100_000
/** A long name or a pax header; more is none. */
const NAME_BYTES_MAX = 65_536
const OCTAL_MAX = 2 ** 48

interface Header {
  readonly path: string
  readonly size: number
  readonly type: string
}

/**
 * Reads a tar archive as it streams. Only regular files are offered to the chooser; links, devices, folders, and whatever
 * leads out of its folder are passed over. Throws UnpackFault for an archive that is broken or cut off.
 */
export async function readTar(chunks: AsyncIterable<Buffer>, chooser: Chooser): Promise<void> {
  const reader = new BlockReader(chunks)
  let longPath: string | undefined
  for (let entries = 0; ; entries++) {
    if (entries > ENTRIES_MAX) throw badArchive(`the archive has more than ${ENTRIES_MAX} entries`)
    const block = await reader.take(TAR_BLOCK)
    if (block.every((byte) => byte === 0)) break
    const { path, size, type } = readHeader(block)
    if (type === 'L' || type === 'x' || type === 'g') {
      const text = await readText(reader, size)
      if (type === 'L') longPath = text.replace(/\0.*$/s, '')
      if (type === 'x') longPath = paxPath(text) ?? longPath
      continue
    }
    const parts = type === '0' ? archivePath(longPath ?? path) : undefined
    longPath = undefined
    await copy(reader, size, parts && chooser.choose(parts))
  }
  chooser.finish()
}

async function copy(reader: BlockReader, size: number, sink: Sink | undefined): Promise<void> {
  for (let left = size; left > 0; ) {
    const part = await reader.some(left)
    sink?.write(part)
    left -= part.length
  }
  sink?.end()
  await reader.take(padding(size))
}

async function readText(reader: BlockReader, size: number): Promise<string> {
  if (size > NAME_BYTES_MAX) throw badArchive('a name in the archive is too long')
  const text = (await reader.take(size)).toString('utf8')
  await reader.take(padding(size))
  return text
}

function padding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK
}

function readHeader(block: Buffer): Header {
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0)
  if (octal(block, 148, 8) !== sum) throw badArchive('a header of the archive has a wrong checksum')
  const prefix = block.toString('latin1', 257, 262) === 'ustar' ? textAt(block, 345, 155) : ''
  const name = textAt(block, 0, 100)
  const kind = block.toString('latin1', 156, 157)
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: octal(block, 124, 12),
    // Before ustar a regular file had no type.
    type: kind === '\0' || kind === '7' ? '0' : kind,
  }
}

function textAt(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end)
}

function octal(block: Buffer, at: number, length: number): number {
  const text = textAt(block, at, length).trim()
  const value = /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
  if (value >= 0 && value < OCTAL_MAX) return value
  throw badArchive('a header of the archive holds no number where one must be')
}

/** Records are `LENGTH key=value\n`. */
function paxPath(text: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1]
}

/** Takes a stream in pieces of the wished length. */
class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** At least one byte, at most so many. */
  async some(bytesMax: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next()
      if (done === true) throw badArchive('the archive is cut off')
      this.#rest = value
    }
    const part = this.#rest.subarray(0, bytesMax)
    this.#rest = this.#rest.subarray(part.length)
    return part
  }

  /** Exactly so many, in one piece. */
  async take(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let left = bytes; left > 0; ) {
      const part = await this.some(left)
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }
}
