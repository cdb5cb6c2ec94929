/** A WOFF file (W3C WOFF 1.0) as the plain font in it: unpacked once, and not again for every letter. */
import { inflateSync } from 'node:zlib'

const HEADER_BYTES = 44
const ENTRY_BYTES = 20
const PLAIN_HEADER_BYTES = 12
const PLAIN_ENTRY_BYTES = 16
/** No table of ours is larger. */
const TABLE_BYTES_MAX = 4_000_000

interface Table {
  readonly tag: string
  readonly checksum: number
  readonly bytes: Buffer
}

/** Throws where it is none: a start-up fault. */
export function unpackWoff(file: Buffer): Buffer {
  if (file.toString('latin1', 0, 4) !== 'wOFF') throw new Error('the font is no WOFF file')
  const tables = Array.from({ length: file.readUInt16BE(12) }, (_, index) => tableAt(file, index))
  const head = Buffer.alloc(PLAIN_HEADER_BYTES + tables.length * PLAIN_ENTRY_BYTES)
  file.copy(head, 0, 4, 8)
  head.writeUInt16BE(tables.length, 4)
  let offset = head.length
  for (const [index, { tag, checksum, bytes }] of tables.entries()) {
    const at = PLAIN_HEADER_BYTES + index * PLAIN_ENTRY_BYTES
    head.write(tag, at, 'latin1')
    head.writeUInt32BE(checksum, at + 4)
    head.writeUInt32BE(offset, at + 8)
    head.writeUInt32BE(bytes.length, at + 12)
    offset += padded(bytes).length
  }
  return Buffer.concat([head, ...tables.map(({ bytes }) => padded(bytes))])
}

/** A table of a plain font. Throws where there is none. */
export function fontTable(font: Buffer, tag: string): Buffer {
  for (let index = 0; index < font.readUInt16BE(4); index += 1) {
    const at = PLAIN_HEADER_BYTES + index * PLAIN_ENTRY_BYTES
    if (font.toString('latin1', at, at + 4) !== tag) continue
    const offset = font.readUInt32BE(at + 8)
    return font.subarray(offset, offset + font.readUInt32BE(at + 12))
  }
  throw new Error(`the font has no table "${tag}"`)
}

function tableAt(file: Buffer, index: number): Table {
  const at = HEADER_BYTES + index * ENTRY_BYTES
  const offset = file.readUInt32BE(at + 4)
  const packedLength = file.readUInt32BE(at + 8)
  const length = file.readUInt32BE(at + 12)
  const packed = file.subarray(offset, offset + packedLength)
  const bytes =
    packedLength === length ? packed : inflateSync(packed, { maxOutputLength: TABLE_BYTES_MAX })
  return { tag: file.toString('latin1', at, at + 4), checksum: file.readUInt32BE(at + 16), bytes }
}

/** Tables begin at multiples of four bytes. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}
