/** Query messages made byte by byte, by the book (RFC 1035 section 4.1), for the fuzzer to break. */
import { wireName } from '#test/support/wire-name.ts'
import type { Random } from './random.ts'

export const HEADER_BYTES = 12
const TYPES = [
  1, 28, 65, 64, 5, 2, 6, 12, 15, 16, 33, 35, 43, 48, 52, 99, 255, 252, 251, 41, 0, 250,
]

/** A message with the places that are worth breaking. */
export interface RawQuery {
  readonly bytes: Buffer
  /** Where QTYPE starts. */
  readonly nameEnd: number
}

/** A header with RD set. */
export function header(
  counts: readonly [number, number, number, number],
  flags: number = 0x0100,
): Buffer {
  const out = Buffer.alloc(HEADER_BYTES)
  out.writeUInt16BE(flags, 2)
  for (const [i, count] of counts.entries()) out.writeUInt16BE(count, 4 + 2 * i)
  return out
}

export interface RecordFields {
  readonly ttl?: number
  readonly recordClass?: number
  /** RDLENGTH, where it is to differ from the data's. */
  readonly lengthSaid?: number
}

/** One resource record; `owner` is in wire form. */
export function record(
  owner: Buffer,
  type: number,
  data: Buffer,
  fields: RecordFields = {},
): Buffer {
  const { ttl = 300, recordClass = 1, lengthSaid = data.length } = fields
  const fixed = Buffer.alloc(10)
  fixed.writeUInt16BE(type, 0)
  fixed.writeUInt16BE(recordClass, 2)
  fixed.writeUInt32BE(ttl >>> 0, 4)
  fixed.writeUInt16BE(lengthSaid & 0xffff, 8)
  return Buffer.concat([owner, fixed, data])
}

/** An OPT record (RFC 6891 section 6.1.2). `flags` is the whole TTL field: extended rcode, version, DO and Z. */
export function optRecord(
  size: number = 1232,
  flags: number = 0,
  options: Buffer = Buffer.alloc(0),
): Buffer {
  return record(Buffer.of(0), 41, options, { ttl: flags, recordClass: size })
}

export function rawQuery(name: Buffer, type: number, opt?: Buffer): RawQuery {
  const question = Buffer.from([type >> 8, type & 0xff, 0, 1])
  const parts = [header([1, 0, 0, opt ? 1 : 0]), name, question, ...(opt ? [opt] : [])]
  return { bytes: Buffer.concat(parts), nameEnd: HEADER_BYTES + name.length }
}

/** A valid query for one of `names`, something below it, or a name as long or as odd as names may be. */
export function anyQuery(random: Random, names: readonly [string, ...string[]]): RawQuery {
  const opt = random.chance(0.7)
    ? optRecord(random.pick([1232, 512, 4096, 0, 65_535]), random.chance(0.3) ? 0x8000 : 0)
    : undefined
  const type = random.chance(0.6) ? random.pick([1, 28]) : (TYPES[random.int(TYPES.length)] ?? 1)
  return rawQuery(anyName(random, names), type, opt)
}

function anyName(random: Random, names: readonly [string, ...string[]]): Buffer {
  const base = wireName(oddCase(random, random.pick(names)))
  switch (random.int(5)) {
    case 0:
      return Buffer.concat([label(random, 1 + random.int(12)), base])
    case 1:
      return fillUp(random, base, 1 + random.int(63))
    case 2:
      return fillUp(random, base, 1)
    default:
      return base
  }
}

/** Labels in front of `base` until the name is 255 bytes long, or nearly. */
function fillUp(random: Random, base: Buffer, labelBytes: number): Buffer {
  const parts = [base]
  let length = base.length
  while (length + labelBytes + 1 <= 255) {
    parts.unshift(label(random, labelBytes))
    length += labelBytes + 1
  }
  return Buffer.concat(parts)
}

/** Letters mostly; any byte is allowed in a label. */
function label(random: Random, length: number): Buffer {
  const content = random.bytes(length)
  if (random.chance(0.7)) for (let i = 0; i < length; i++) content[i] = 0x61 + random.int(26)
  return Buffer.concat([Buffer.of(length), content])
}

function oddCase(random: Random, text: string): string {
  return random.chance(0.3)
    ? [...text].map((c) => (random.chance(0.5) ? c.toUpperCase() : c)).join('')
    : text
}
