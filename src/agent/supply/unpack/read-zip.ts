import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { archivePath } from './archive-path.ts'
import type { Chooser } from './choose-member.ts'
import type { UnpackBudget } from './unpack-budget.ts'
import { badArchive } from './unpack-fault.ts'

/** Zip (APPNOTE.TXT 4.3): read by its directory, without zip64, encryption or parts. */
const END_BYTES = 22
const END_MARK = 0x06054b50
const ENTRY_MARK = 0x02014b50
const LOCAL_MARK = 0x04034b50
const COMMENT_BYTES_MAX = 65_535
const DIRECTORY_BYTES_MAX = 8_388_608
const ENTRIES_MAX = 10_000
const IS_ZIP64 = 0xffffffff
const STORED = 0
const DEFLATED = 8
/** File types of Unix in the upper half of the external attributes. */
const TYPE_MASK = 0xf000
const REGULAR = 0x8000

interface Entry {
  readonly path: string
  readonly isEncrypted: boolean
  readonly method: number
  readonly crc: number
  readonly packedBytes: number
  readonly bytes: number
  readonly at: number
  readonly unixType: number
}

/**
 * Reads a zip archive. Only regular files are offered to the chooser; links and what leads out of its folder are passed over.
 * Throws UnpackFault for an archive that is broken, encrypted or too large.
 */
export async function readZip(file: string, chooser: Chooser, budget: UnpackBudget): Promise<void> {
  const fd = openSync(file, 'r')
  try {
    for (const entry of readDirectory(fd)) {
      const isRegular = entry.unixType === 0 || entry.unixType === REGULAR
      const parts = isRegular && !entry.path.endsWith('/') ? archivePath(entry.path) : undefined
      const sink = parts && chooser.choose(parts)
      if (sink) await unpack(fd, file, { entry, budget, write: sink.write })
      sink?.end()
    }
  } finally {
    closeSync(fd)
  }
  chooser.finish()
}

interface Unpacking {
  readonly entry: Entry
  readonly budget: UnpackBudget
  readonly write: (chunk: Buffer) => void
}

async function unpack(
  fd: number,
  file: string,
  { entry, budget, write }: Unpacking,
): Promise<void> {
  if (entry.isEncrypted) throw badArchive('the archive is encrypted')
  if (entry.method !== STORED && entry.method !== DEFLATED)
    throw badArchive(`the archive is packed by method ${entry.method}; 0 and 8 are understood`)
  const local = readAt(fd, entry.at, 30)
  if (local.readUInt32LE(0) !== LOCAL_MARK) throw badArchive('the archive is broken')
  const start = entry.at + 30 + local.readUInt16LE(26) + local.readUInt16LE(28)
  let bytes = 0
  let crc = 0
  for await (const chunk of packedBytes(file, start, entry)) {
    bytes += chunk.length
    crc = crc32(chunk, crc)
    budget.spend(chunk.length)
    write(chunk)
  }
  if (bytes !== entry.bytes || crc !== entry.crc)
    throw badArchive('a file in the archive is broken: its length or checksum is wrong')
}

function packedBytes(file: string, start: number, entry: Entry): AsyncIterable<Buffer> {
  if (entry.packedBytes === 0) return nothing()
  const packed = createReadStream(file, { start, end: start + entry.packedBytes - 1 })
  if (entry.method === STORED) return packed
  return pipeline(packed, createInflateRaw(), () => undefined)
}

async function* nothing(): AsyncGenerator<Buffer> {}

function readDirectory(fd: number): readonly Entry[] {
  const end = findEnd(fd)
  const count = end.readUInt16LE(10)
  const bytes = end.readUInt32LE(12)
  const at = end.readUInt32LE(16)
  if (at === IS_ZIP64 || bytes === IS_ZIP64 || count > ENTRIES_MAX || bytes > DIRECTORY_BYTES_MAX)
    throw badArchive(`the archive is too large to be a list: at most ${ENTRIES_MAX} files`)
  const directory = readAt(fd, at, bytes)
  const entries: Entry[] = []
  for (let from = 0; entries.length < count; ) {
    const entry = readEntry(directory.subarray(from))
    entries.push(entry.entry)
    from += entry.length
  }
  return entries
}

function readEntry(bytes: Buffer): { readonly entry: Entry; readonly length: number } {
  if (bytes.length < 46 || bytes.readUInt32LE(0) !== ENTRY_MARK)
    throw badArchive('the directory of the archive is broken')
  const nameLength = bytes.readUInt16LE(28)
  const length = 46 + nameLength + bytes.readUInt16LE(30) + bytes.readUInt16LE(32)
  const entry = {
    path: bytes.toString('utf8', 46, 46 + nameLength),
    isEncrypted: (bytes.readUInt16LE(8) & 1) === 1,
    method: bytes.readUInt16LE(10),
    crc: bytes.readUInt32LE(16),
    packedBytes: bytes.readUInt32LE(20),
    bytes: bytes.readUInt32LE(24),
    at: bytes.readUInt32LE(42),
    unixType: (bytes.readUInt32LE(38) >>> 16) & TYPE_MASK,
  }
  if ([entry.packedBytes, entry.bytes, entry.at].includes(IS_ZIP64))
    throw badArchive('the archive is zip64, which no list needs')
  return { entry, length }
}

/** The end of the directory is the last thing in the file but for a comment. */
function findEnd(fd: number): Buffer {
  const { size } = fstatSync(fd)
  const length = Math.min(size, END_BYTES + COMMENT_BYTES_MAX)
  const tail = readAt(fd, size - length, length)
  for (let at = length - END_BYTES; at >= 0; at--)
    if (tail.readUInt32LE(at) === END_MARK) return tail.subarray(at)
  throw badArchive('the archive is cut off: its directory is missing')
}

function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const read = readSync(fd, bytes, done, length - done, at + done)
    if (read === 0) throw badArchive('the archive is cut off')
    done += read
  }
  return bytes
}
