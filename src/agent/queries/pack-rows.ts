/**
 * The rows of a batch as bytes; clients and names stand once each, rows name them by number. Little-endian:
 *
 *   version:1 clients:2 names:2 rows:4 | each client: length:2 text | each name: length:2 text |
 *   each row: client:2 name:2 verdict:1 category:1 count:2
 */
import { categoryOfCode, VERDICTS } from '../signals/observed-layout.ts'
import type { QueryRow } from './query-row.ts'

const VERSION = 1
const HEAD_BYTES = 9
const ROW_BYTES = 8
export const COUNT_MAX = 0xffff
/** As many as a number of two bytes tells apart. */
export const TEXTS_MAX = 0xffff

/** Rows whose texts have numbers; counts beyond COUNT_MAX are told as that. */
export interface NumberedRows {
  readonly clients: readonly string[]
  readonly names: readonly string[]
  readonly size: number
  /** Hands out each row: numbers of client and name, codes of verdict and category, and how many. */
  readonly each: (
    visit: (client: number, name: number, verdict: number, category: number, count: number) => void,
  ) => void
}

export function packRows({ clients, names, size, each }: NumberedRows): Uint8Array {
  const texts = [...clients, ...names].map((text) => Buffer.from(text, 'latin1'))
  const textBytes = texts.reduce((sum, { length }) => sum + 2 + length, 0)
  const out = Buffer.alloc(HEAD_BYTES + textBytes + size * ROW_BYTES)
  out.writeUInt8(VERSION, 0)
  out.writeUInt16LE(clients.length, 1)
  out.writeUInt16LE(names.length, 3)
  out.writeUInt32LE(size, 5)
  let at = HEAD_BYTES
  for (const text of texts) {
    out.writeUInt16LE(text.length, at)
    text.copy(out, at + 2)
    at += 2 + text.length
  }
  each((client, name, verdict, category, count) => {
    out.writeUInt16LE(client, at)
    out.writeUInt16LE(name, at + 2)
    out.writeUInt8(verdict, at + 4)
    out.writeUInt8(category, at + 5)
    out.writeUInt16LE(Math.min(count, COUNT_MAX), at + 6)
    at += ROW_BYTES
  })
  return out
}

/** What `packRows` has made; nothing of bytes that it has not made. Never throws. */
export function unpackRows(bytes: Uint8Array): readonly QueryRow[] {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (packed.length < HEAD_BYTES || packed[0] !== VERSION) return []
  let at = HEAD_BYTES
  const readTexts = (count: number): readonly string[] =>
    Array.from({ length: count }, () => {
      if (at + 2 > packed.length) return ''
      const end = at + 2 + packed.readUInt16LE(at)
      const text = packed.toString('latin1', at + 2, end)
      at = end
      return text
    })
  const clients = readTexts(packed.readUInt16LE(1))
  const names = readTexts(packed.readUInt16LE(3))
  const rows: QueryRow[] = []
  for (let left = packed.readUInt32LE(5); left > 0 && at + ROW_BYTES <= packed.length; left--) {
    const category = categoryOfCode(packed.readUInt8(at + 5))
    rows.push({
      client: clients[packed.readUInt16LE(at)] ?? '',
      name: names[packed.readUInt16LE(at + 2)] ?? '',
      verdict: VERDICTS[packed.readUInt8(at + 4)] ?? 'allowed',
      ...(category !== undefined && { category }),
      count: packed.readUInt16LE(at + 6),
    })
    at += ROW_BYTES
  }
  return rows
}
