/** Answers made byte by byte from the bytes of the query, by the book (RFC 1035 section 4.1): for a scripted upstream. */

import { header, record } from '#test/fuzz/raw-query.ts'
import { wireName } from '#test/support/wire-name.ts'

/** The owner of a record at the name asked: a pointer to the question. */
const ASKED = Buffer.of(0xc0, 0x0c)
const TYPE_A = 1
const TYPE_CNAME = 5
const TYPE_SOA = 6

export interface RawSections {
  /** QR, RD and RA, and the code. */
  readonly flags?: number
  readonly answers?: readonly Buffer[]
  readonly authorities?: readonly Buffer[]
}

/** A message that answers `query`, its id and question copied. */
export function rawAnswer(query: Buffer, sections: RawSections): Buffer {
  const { flags = 0x8180, answers = [], authorities = [] } = sections
  const head = header([1, answers.length, authorities.length, 0], flags)
  query.copy(head, 0, 0, 2)
  let end = 12
  while (query[end] !== 0) end += (query[end] ?? 0) + 1
  return Buffer.concat([head, query.subarray(12, end + 5), ...answers, ...authorities])
}

/** An A record at the name asked, or at another; `last` is the last byte of 192.0.2.0/24. */
export function rawA(ttl: number, last = 1, owner: Buffer = ASKED): Buffer {
  return record(owner, TYPE_A, Buffer.of(192, 0, 2, last), { ttl })
}

export function rawCname(ttl: number, target: string): Buffer {
  return record(ASKED, TYPE_CNAME, wireName(target), { ttl })
}

/** The SOA of a zone, with a TTL of its own and the MINIMUM that "no" goes by (RFC 2308 section 4). */
export function rawSoa(ttl: number, minimum: number, zone = 'test'): Buffer {
  const numbers = Buffer.alloc(20)
  numbers.writeUInt32BE(minimum >>> 0, 16)
  const data = Buffer.concat([wireName('ns.test'), wireName('root.test'), numbers])
  return record(wireName(zone), TYPE_SOA, data, { ttl })
}
