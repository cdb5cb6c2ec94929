/** The file format of libpcap (draft-ietf-opsawg-pcap), as a file or as a stream. */

/** The longest record of any capture (MAXIMUM_SNAPLEN of tcpdump). */
export const RECORD_BYTES_MAX = 262_144

const FILE_HEADER_BYTES = 24
const RECORD_HEADER_BYTES = 16
const NO_BYTES = Buffer.alloc(0)

export interface PcapEvents {
  /** The bytes are valid during the call alone. `timeMs` is since the epoch. */
  readonly onPacket: (bytes: Uint8Array, length: number, linkType: number, timeMs: number) => void
  /** What follows cannot be read. Told once; nothing is read after it. */
  readonly onBroken: (why: string) => void
}

interface FileHeader {
  readonly isBig: boolean
  readonly fractionsPerMs: number
  readonly linkType: number
}

export interface PcapReader {
  readonly push: (chunk: Buffer) => void
  /** Whether the bytes so far end with a whole record. */
  readonly isComplete: () => boolean
}

/** Reads records out of chunks of any size, in both byte orders, with micro- and nanoseconds. Keeps less than one record. */
export function makePcapReader({ onPacket, onBroken }: PcapEvents): PcapReader {
  let rest: Buffer = NO_BYTES
  let header: FileHeader | undefined
  let isBroken = false
  const fail = (why: string): number => {
    isBroken = true
    onBroken(why)
    return -1
  }
  /** Where the next record begins; -1 where this one is not whole or is wrong. */
  const readRecord = (
    data: Buffer,
    at: number,
    { isBig, linkType, fractionsPerMs }: FileHeader,
  ): number => {
    if (at + RECORD_HEADER_BYTES > data.length) return -1
    const captured = wordAt(data, at + 8, isBig)
    if (captured > RECORD_BYTES_MAX)
      return fail(`a packet of ${captured} bytes; allowed: ${RECORD_BYTES_MAX}`)
    const from = at + RECORD_HEADER_BYTES
    if (from + captured > data.length) return -1
    const timeMs = wordAt(data, at, isBig) * 1000 + wordAt(data, at + 4, isBig) / fractionsPerMs
    onPacket(data.subarray(from, from + captured), captured, linkType, timeMs)
    return from + captured
  }
  const readRecords = (data: Buffer, from: number, fileHeader: FileHeader): number => {
    let at = from
    for (let next = at; next >= 0; next = readRecord(data, at, fileHeader)) at = next
    return at
  }
  return {
    push: (chunk) => {
      if (isBroken) return
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let at = 0
      if (!header && data.length >= FILE_HEADER_BYTES) {
        header = readFileHeader(data)
        at = header
          ? FILE_HEADER_BYTES
          : fail('no capture: its first bytes are those of no pcap file')
      }
      if (header) at = readRecords(data, at, header)
      if (isBroken) rest = NO_BYTES
      // A copy, because the chunk's memory is many times as large as the piece.
      else rest = at === data.length ? NO_BYTES : Buffer.from(data.subarray(at))
    },
    isComplete: () => !isBroken && header !== undefined && rest.length === 0,
  }
}

const FRACTIONS_PER_MS: ReadonlyMap<number, number> = new Map([
  [0xa1b2_c3d4, 1000], // microseconds
  [0xa1b2_3c4d, 1_000_000], // nanoseconds
])

function readFileHeader(data: Buffer): FileHeader | undefined {
  for (const isBig of [true, false]) {
    const fractionsPerMs = FRACTIONS_PER_MS.get(wordAt(data, 0, isBig))
    // The upper bits say how long a frame check sequence is.
    if (fractionsPerMs !== undefined)
      return { isBig, fractionsPerMs, linkType: wordAt(data, 20, isBig) & 0xffff }
  }
  return undefined
}

function wordAt(data: Buffer, at: number, isBig: boolean): number {
  return isBig ? data.readUInt32BE(at) : data.readUInt32LE(at)
}
