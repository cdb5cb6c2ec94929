import { type FileHandle, open } from 'node:fs/promises'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { type ShortTurns, shortTurns } from '#platform/short-turns.ts'
import type { LeaseFormat } from '../../../policy/sections/identity.ts'
import { makeDnsmasqParser } from './dnsmasq-leases.ts'
import { makeIscParser } from './isc-leases.ts'
import { makeKeaParser } from './kea-leases.ts'
import { LEASE_LIMITS } from './lease-limits.ts'
import { type FilePart, leaseParts, olderOf, partOf } from './lease-parts.ts'
import type { LeaseParser, LeaseRow, MakeLeaseParser } from './lease-row.ts'
import { readLines } from './read-lines.ts'

/** What one look at a lease file has brought. */
export interface LeaseReading {
  /** `whole`: what is not among the rows is gone. `more`: they add to what was known, and may say that nobody has an address. */
  readonly kind: 'same' | 'torn' | 'more' | 'whole'
  /** By address, the last row that the file has of it. */
  readonly rows: ReadonlyMap<string, LeaseRow>
}

/** What has been counted of one file. */
export interface LeaseReadCounts {
  reads: number
  wholeReads: number
  bytes: number
  /** Readings that were thrown away, because the file changed meanwhile. */
  torn: number
  malformed: number
  /** Rows for which there was no room. */
  refused: number
}

/** How the file stood that was read last, and how far. */
interface Place {
  /** Of all files but the last. */
  readonly older: string
  readonly part: FilePart
  readonly offset: number
  /** The bytes before it, by which a file is known again that was written anew in its place. */
  readonly before: Buffer
}

const MAKE_PARSER: Readonly<Record<LeaseFormat, MakeLeaseParser>> = {
  dnsmasq: makeDnsmasqParser,
  kea: makeKeaParser,
  isc: makeIscParser,
}
const BEFORE_BYTES = 64
const NO_ROWS: ReadonlyMap<string, LeaseRow> = new Map()
const SAME: LeaseReading = { kind: 'same', rows: NO_ROWS }
const TORN: LeaseReading = { kind: 'torn', rows: NO_ROWS }

/**
 * Reads one lease file as it changes: of a journal what was added, all of it where it is another file or was written anew. One reading at
 * a time; each in short turns.
 */
export class LeaseReader {
  readonly counts: LeaseReadCounts = {
    reads: 0,
    wholeReads: 0,
    bytes: 0,
    torn: 0,
    malformed: 0,
    refused: 0,
  }
  readonly #path: string
  readonly #format: LeaseFormat
  readonly #clock: Clock
  readonly #parser: LeaseParser
  #rows = new Map<string, LeaseRow>()
  /** Until when a lease must hold to be kept in a reading of everything; undefined while another reading goes on. */
  #heldAfterMs: number | undefined
  #place: Place | undefined
  #tornInARow = 0

  constructor(path: string, format: LeaseFormat, clock: Clock) {
    this.#path = path
    this.#format = format
    this.#clock = clock
    this.#parser = MAKE_PARSER[format]((row) => this.#take(row))
  }

  /** The next reading is of everything. */
  forget(): void {
    this.#place = undefined
  }

  /** Never rejects. */
  async read(): Promise<LeaseReading | Failure> {
    try {
      return await this.#read()
    } catch (error) {
      this.#place = undefined
      return failure('unreadable', error instanceof Error ? error.message : 'it cannot be read')
    }
  }

  async #read(): Promise<LeaseReading | Failure> {
    const parts = await leaseParts(this.#path, this.#format)
    if (isFailure(parts)) return parts
    const last = parts.at(-1)
    const place = this.#place
    if (!last) return SAME
    const isOlderSame = place?.older === olderOf(parts)
    if (place && isOlderSame && isAsRead(place.part, last)) return SAME
    if (this.#isBusy(last)) return this.#torn()
    this.counts.reads += 1
    this.#rows = new Map()
    if (place && isOlderSame && (await this.#isLonger(place, last))) {
      this.#heldAfterMs = undefined
      await this.#readPart(last, place.offset, place.older)
      return { kind: 'more', rows: this.#rows }
    }
    return this.#readWhole(parts)
  }

  async #readWhole(parts: readonly FilePart[]): Promise<LeaseReading | Failure> {
    this.counts.wholeReads += 1
    this.#heldAfterMs = this.#clock.wallMs()
    this.#parser.again()
    const older = olderOf(parts)
    let isWhole = true
    for (const part of parts) {
      // oxlint-disable-next-line no-await-in-loop -- in the order in which they count
      if (!(await this.#readPart(part, 0, older))) isWhole = false
    }
    const after = await leaseParts(this.#path, this.#format)
    if (isFailure(after)) return after
    const isSound = isWhole && olderOf(after) === older && this.#hasStayed(after.at(-1))
    if (!isSound && this.#tornInARow < LEASE_LIMITS.tornReads) {
      this.#place = undefined
      return this.#torn()
    }
    this.#tornInARow = 0
    return { kind: 'whole', rows: this.#rows }
  }

  /** Whether it was the file that it was to be. */
  async #readPart(part: FilePart, from: number, older: string): Promise<boolean> {
    const file = await open(part.path, 'r')
    try {
      const now = partOf(part.path, await file.stat({ bigint: true }))
      const turns = shortTurns(this.#clock)
      const start = from === 0 ? await this.#startOf(file, now, turns) : from
      // The end of a long file begins within a line, of which the rest may read as another lease.
      let isCut = start > from
      const offset = await readLines(file, {
        from: start,
        to: now.size,
        turns,
        onLine: (line) => {
          if (!isCut) this.#line(line)
          isCut = false
        },
        onTooLong: () => (this.counts.malformed += 1),
      })
      this.counts.bytes += offset - start
      this.#place = { older, part: now, offset, before: await bytesBefore(file, offset) }
      return now.file === part.file
    } finally {
      await file.close()
    }
  }

  /** Of a file that is too long its first line, which may hold titles, and where its end begins. */
  async #startOf(file: FileHandle, { size }: FilePart, turns: ShortTurns): Promise<number> {
    if (size <= LEASE_LIMITS.readBytes) return 0
    let lines = 0
    const onLine = (line: string): void => {
      if (lines++ === 0) this.#line(line)
    }
    const to = LEASE_LIMITS.lineBytes
    await readLines(file, { from: 0, to, turns, onLine, onTooLong: () => undefined })
    return size - LEASE_LIMITS.readBytes
  }

  #line(line: string): void {
    if (!this.#parser.line(line)) this.counts.malformed += 1
  }

  #take(row: LeaseRow): void {
    const { address, expiresAtMs } = row
    // Most rows of an old journal are of leases that nobody has any more; what is known of all goes in any case.
    const isKept = this.#heldAfterMs === undefined || expiresAtMs > this.#heldAfterMs
    if (!isKept) this.#rows.delete(address)
    else if (this.#rows.size < LEASE_LIMITS.leases || this.#rows.has(address))
      this.#rows.set(address, row)
    else this.counts.refused += 1
  }

  /** What is added to a journal meanwhile does no harm to what was read of it. */
  #hasStayed(last: FilePart | undefined): boolean {
    const part = this.#place?.part
    if (!part || !last) return false
    if (this.#format === 'dnsmasq') return isAsRead(part, last)
    return part.file === last.file && part.size <= last.size
  }

  /** dnsmasq empties its file and writes it anew. */
  #isBusy({ writtenNs }: FilePart): boolean {
    if (this.#format !== 'dnsmasq' || this.#tornInARow >= LEASE_LIMITS.tornReads) return false
    const ageMs = this.#clock.wallMs() - Number(writtenNs / 1_000_000n)
    return ageMs >= 0 && ageMs < LEASE_LIMITS.quietMs
  }

  #torn(): LeaseReading {
    this.#tornInARow += 1
    this.counts.torn += 1
    return TORN
  }

  /** Whether a journal is the file that was read last, and only longer. */
  async #isLonger({ part, offset, before }: Place, last: FilePart): Promise<boolean> {
    if (this.#format === 'dnsmasq' || part.file !== last.file || last.size <= part.size)
      return false
    const file = await open(last.path, 'r')
    try {
      return (await bytesBefore(file, offset)).equals(before)
    } finally {
      await file.close()
    }
  }
}

function isAsRead(part: FilePart, now: FilePart): boolean {
  return part.file === now.file && part.size === now.size && part.writtenNs === now.writtenNs
}

async function bytesBefore(file: FileHandle, offset: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(BEFORE_BYTES, offset))
  const { bytesRead } = await file.read(bytes, 0, bytes.length, offset - bytes.length)
  return bytes.subarray(0, bytesRead)
}
