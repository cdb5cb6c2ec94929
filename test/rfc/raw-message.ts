/** Messages made and read byte by byte, by the book (RFC 1035 section 4.1): no codec of ours nor of anybody else. */
import { wireName } from '#test/support/wire-name.ts'

export const TYPE = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  HTTPS: 65,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const
export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const
export const OPTION = { nsid: 3, ecs: 8, cookie: 10, keepalive: 11, padding: 12, ede: 15 } as const
const POINTER = 0xc0

export function u16(...values: readonly number[]): Buffer {
  return Buffer.from(values.flatMap((value) => [(value >> 8) & 0xff, value & 0xff]))
}

export function u32(value: number): Buffer {
  return Buffer.from([24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff))
}

export interface OptFields {
  readonly size?: number
  readonly rcodeHigh?: number
  readonly version?: number
  /** DO and Z. */
  readonly flags?: number
  readonly options?: readonly Buffer[]
}

export function optionOf(code: number, data: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([u16(code, data.length), data])
}

/** RFC 6891 section 6.1.2. */
export function optOf(fields: OptFields = {}): Buffer {
  const { size = 1232, rcodeHigh = 0, version = 0, flags = 0, options = [] } = fields
  const data = Buffer.concat(options)
  return Buffer.concat([
    Buffer.of(0),
    u16(TYPE.OPT, size),
    Buffer.of(rcodeHigh, version),
    u16(flags, data.length),
    data,
  ])
}

/** Any record but OPT; the owner is in wire form. */
export function recordOf(owner: Buffer, type: number, ttl: number, data: Buffer): Buffer {
  return Buffer.concat([owner, u16(type, 1), u32(ttl), u16(data.length), data])
}

export interface QueryFields {
  readonly id?: number
  /** The whole second word of the header: opcode and flags; RD alone unless told otherwise. */
  readonly flags?: number
  readonly name?: Buffer
  readonly type?: number
  readonly class?: number
  readonly opt?: Buffer
  /** QDCOUNT, where it is to lie. */
  readonly questions?: number
  /** Sections behind the question, whole. */
  readonly answers?: readonly Buffer[]
  readonly authorities?: readonly Buffer[]
  readonly additionals?: readonly Buffer[]
}

let lastId = 0x1000

export function queryOf(fields: QueryFields): Buffer {
  const { id = ++lastId & 0xffff, flags = 0x0100, name = wireName('www.example.org') } = fields
  const { answers = [], authorities = [], opt, questions = 1 } = fields
  const additionals = [...(fields.additionals ?? []), ...(opt ? [opt] : [])]
  return Buffer.concat([
    u16(id, flags, questions, answers.length, authorities.length, additionals.length),
    ...(questions === 0 ? [] : [name, u16(fields.type ?? TYPE.A, fields.class ?? 1)]),
    ...answers,
    ...authorities,
    ...additionals,
  ])
}

export interface RawRecord {
  /** As it is spelt, with dots between labels. */
  readonly owner: string
  readonly type: number
  readonly class: number
  readonly ttl: number
  readonly data: Buffer
}

export interface RawOpt {
  readonly size: number
  readonly version: number
  readonly flags: number
  readonly options: readonly { readonly code: number; readonly data: Buffer }[]
}

export interface RawReply {
  readonly bytes: Buffer
  readonly id: number
  readonly flags: number
  /** With the bits of OPT. */
  readonly rcode: number
  readonly opcode: number
  readonly isTruncated: boolean
  readonly question: Buffer
  readonly answers: readonly RawRecord[]
  readonly authorities: readonly RawRecord[]
  /** But OPT. */
  readonly additionals: readonly RawRecord[]
  readonly opt: RawOpt | undefined
}

/** Reads an answer whole; throws where it is not sound to its last byte. */
export function readReply(bytes: Buffer): RawReply {
  const flags = bytes.readUInt16BE(2)
  const counts = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at))
  let at = 12
  for (let i = 0; i < (counts[0] ?? 0); i++) at = readName(bytes, at).next + 4
  const question = bytes.subarray(12, at)
  const sections = [1, 2, 3].map((section) => {
    const records: RawRecord[] = []
    for (let i = 0; i < (counts[section] ?? 0); i++) {
      const { text, next } = readName(bytes, at)
      const end = next + 10 + bytes.readUInt16BE(next + 8)
      if (end > bytes.length) throw new Error('a record is cut off')
      records.push({
        owner: text,
        type: bytes.readUInt16BE(next),
        class: bytes.readUInt16BE(next + 2),
        ttl: bytes.readUInt32BE(next + 4),
        data: bytes.subarray(next + 10, end),
      })
      at = end
    }
    return records
  })
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes behind the last record`)
  const [answers = [], authorities = [], rest = []] = sections
  const opts = rest.filter(({ type }) => type === TYPE.OPT)
  if (opts.length > 1) throw new Error('two OPT records in an answer')
  const [first] = opts
  return {
    bytes,
    id: bytes.readUInt16BE(0),
    flags,
    rcode: (flags & 0xf) | (first ? (first.ttl >>> 24) << 4 : 0),
    opcode: (flags >> 11) & 0xf,
    isTruncated: (flags & 0x0200) !== 0,
    question,
    answers,
    authorities,
    additionals: rest.filter(({ type }) => type !== TYPE.OPT),
    opt: first && {
      size: first.class,
      version: (first.ttl >>> 16) & 0xff,
      flags: first.ttl & 0xffff,
      options: optionsOf(first.data),
    },
  }
}

/** The data of an option of an answer. */
export function optionIn(reply: RawReply, code: number): Buffer | undefined {
  return reply.opt?.options.find((option) => option.code === code)?.data
}

function optionsOf(data: Buffer): RawOpt['options'] {
  const options: { code: number; data: Buffer }[] = []
  for (let at = 0; at < data.length; ) {
    const end = at + 4 + data.readUInt16BE(at + 2)
    if (end > data.length) throw new Error('an option is cut off')
    options.push({ code: data.readUInt16BE(at), data: data.subarray(at + 4, end) })
    at = end
  }
  return options
}

/** A name that may be compressed, and where what follows it begins. */
export function readName(bytes: Buffer, start: number): { text: string; next: number } {
  const labels: string[] = []
  let [at, next] = [start, -1]
  for (let steps = 0; steps < 255; steps++) {
    const length = bytes.readUInt8(at)
    if (length === 0) return { text: labels.join('.'), next: next < 0 ? at + 1 : next }
    if (length >= POINTER) {
      if (next < 0) next = at + 2
      at = bytes.readUInt16BE(at) & 0x3fff
      continue
    }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  throw new Error('a name without end')
}

export interface ReplyFields {
  /** The whole second word: QR, RD and RA unless told otherwise. */
  readonly flags?: number
  readonly answers?: readonly Buffer[]
  readonly authorities?: readonly Buffer[]
  readonly additionals?: readonly Buffer[]
}

/** What an upstream answers to a query of one question. */
export function replyTo(query: Buffer, fields: ReplyFields): Buffer {
  const { flags = 0x8180, answers = [], authorities = [], additionals = [] } = fields
  const question = query.subarray(12, readName(query, 12).next + 4)
  return Buffer.concat([
    query.subarray(0, 2),
    u16(flags, 1, answers.length, authorities.length, additionals.length),
    question,
    ...answers,
    ...authorities,
    ...additionals,
  ])
}

/** The owner of a record that stands at the question: a pointer to it. */
export const AT_QUESTION: Buffer = Buffer.of(POINTER, 12)

/** An SOA of `zone`, of which only the TTL and the minimum matter. */
export function soaOf(zone: string, ttl: number, minimum: number): Buffer {
  const numbers = [1, 3600, 600, 86_400, minimum].map(u32)
  const data = Buffer.concat([wireName('ns.test'), wireName('root.test'), ...numbers])
  return recordOf(wireName(zone), TYPE.SOA, ttl, data)
}
