import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Failure, failure } from '#domain/failure.ts'
import { type Chooser, chooseFolders, chooseOne, type UseOf } from './choose-member.ts'
import { fileSink } from './file-sink.ts'
import { readTar, TAR_BLOCK } from './read-tar.ts'
import { readZip } from './read-zip.ts'
import { UnpackBudget } from './unpack-budget.ts'
import { badArchive, UnpackFault } from './unpack-fault.ts'

/** What is unpacked, and where to. */
export interface Unpacking {
  readonly file: string
  /** Does not exist yet: a file, or for folders a folder. */
  readonly target: string
  /** For UT1: which folders are used. */
  readonly useOf?: UseOf
  readonly member: string | undefined
  readonly bytesMax: number
}

export type UnpackFailure = Failure<'too-large' | 'bad-archive'>

/**
 * Unpacks a list, whatever its name ends in: what it is packed with stands in its first bytes. Gzip, tar, gzipped tar, zip, or
 * a plain file, which is only copied. Never rejects for what a file holds; rejects when the disk fails.
 */
export async function unpackList(unpacking: Unpacking): Promise<UnpackFailure | undefined> {
  try {
    await unpack(unpacking)
    return undefined
  } catch (error) {
    if (error instanceof UnpackFault) return failure(error.reason, error.message)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('Z_') || code.startsWith('ERR_ZLIB'))
      return failure('bad-archive', `it cannot be unpacked, it is broken or cut off (${code})`)
    throw error
  }
}

async function unpack({ file, target, useOf, member, bytesMax }: Unpacking): Promise<void> {
  await readArchive(file, {
    bytesMax,
    chooser: () => (useOf ? chooseFolders(target, useOf) : chooseOne(target, member)),
    plain: async (chunks) => {
      if (useOf) throw badArchive('UT1 comes as a folder, or as a tar or zip archive of folders')
      const sink = fileSink(target)
      for await (const chunk of chunks) sink.write(chunk)
      sink.end()
    },
  })
}

/** What becomes of what a file holds. */
export interface Reading {
  readonly bytesMax: number
  /** For the files of an archive. */
  readonly chooser: () => Chooser
  /** For a file that is no archive. */
  readonly plain: (chunks: AsyncIterable<Buffer>) => Promise<void>
}

/** Reads a file by what it is. Throws UnpackFault, and what zlib and the disk throw. */
export async function readArchive(file: string, reading: Reading): Promise<void> {
  const { bytesMax, chooser, plain } = reading
  const start = firstBytes(file)
  const budget = new UnpackBudget(bytesMax)
  budget.feed(statSync(file).size)
  if (isZip(start)) return readZip(file, chooser(), budget)
  const chunks = spending(opened(file, isGzip(start)), budget)
  try {
    const first = await chunks.next()
    const head = first.done === true ? Buffer.alloc(0) : first.value
    await (isTar(head) ? readTar(after(head, chunks), chooser()) : plain(after(head, chunks)))
  } finally {
    // Closes the file where it was not read to its end.
    await chunks.return(undefined)
  }
  return undefined
}

function opened(file: string, isPacked: boolean): AsyncIterable<Buffer> {
  const stream = createReadStream(file)
  if (!isPacked) return stream
  // What goes wrong ends the last of them, which is the one that is read.
  return pipeline(stream, createGunzip(), () => undefined)
}

/** Counts what comes, in pieces large enough to tell a tar archive by. */
async function* spending(
  chunks: AsyncIterable<Buffer>,
  budget: UnpackBudget,
): AsyncGenerator<Buffer> {
  let small: Buffer = Buffer.alloc(0)
  for await (const chunk of chunks) {
    budget.spend(chunk.length)
    small = small.length === 0 ? chunk : Buffer.concat([small, chunk])
    if (small.length < TAR_BLOCK) continue
    yield small
    small = Buffer.alloc(0)
  }
  if (small.length > 0) yield small
}

async function* after(head: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head
  yield* chunks
}

function firstBytes(file: string): Buffer {
  const fd = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(4)
    return bytes.subarray(0, readSync(fd, bytes))
  } finally {
    closeSync(fd)
  }
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** A zip archive begins with a file, or, when it is empty, with its end. */
function isZip(bytes: Buffer): boolean {
  const mark = bytes.toString('latin1')
  return mark === 'PK\u0003\u0004' || mark === 'PK\u0005\u0006'
}

function isTar(block: Buffer): boolean {
  return block.length >= TAR_BLOCK && block.toString('latin1', 257, 262) === 'ustar'
}
