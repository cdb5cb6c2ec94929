import type { Random } from './random.ts'
import { HEADER_BYTES, optRecord, type RawQuery, record } from './raw-query.ts'

/** Breaks a message in one way. May return it longer, shorter or empty. */
type Mutation = (bytes: Buffer, random: Random, nameEnd: number) => Buffer

const COUNTS = [0, 1, 2, 3, 8, 9, 255, 256, 0x7fff, 0xffff] as const
const LENGTHS = [0, 1, 62, 63, 64, 65, 0x7f, 0x80, 0xbf, 0xc0, 0xff] as const

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  breakCount,
  breakFlags,
  flipBits,
  cutOff,
  appendTrash,
  pointNameAnywhere,
  makeLadder,
  breakLabelLength,
  addOpts,
  breakOpt,
  addRecords,
  breakTypeAndClass,
  breakAnyWord,
  doubleQuestion,
  overlongName,
]

/** Breaks a message in one to three ways. */
export function mutate({ bytes, nameEnd }: RawQuery, random: Random): Buffer {
  let out: Buffer = Buffer.from(bytes)
  for (let rounds = 1 + random.int(3); rounds > 0; rounds--)
    out = random.pick(MUTATIONS)(out, random, Math.min(nameEnd, out.length))
  return out
}

function breakCount(bytes: Buffer, random: Random): Buffer {
  return poke16(bytes, 4 + 2 * random.int(4), random.pick(COUNTS))
}

/** QR, opcode, TC, Z and all the others. */
function breakFlags(bytes: Buffer, random: Random): Buffer {
  const keep = random.chance(0.5) ? 0x7fff : 0xffff
  return poke16(bytes, 2, random.int(0x10000) & keep)
}

function flipBits(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes
  for (let flips = 1 + random.int(8); flips > 0; flips--) {
    const at = random.int(bytes.length)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8))
  }
  return bytes
}

function cutOff(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.int(bytes.length + 1))
}

function appendTrash(bytes: Buffer, random: Random): Buffer {
  return Buffer.concat([bytes, random.bytes(1 + random.int(random.chance(0.1) ? 3000 : 60))])
}

/** A compression pointer into the name: to itself, backwards, forwards, past the end. */
function pointNameAnywhere(bytes: Buffer, random: Random, nameEnd: number): Buffer {
  const at = HEADER_BYTES + random.int(Math.max(1, nameEnd - HEADER_BYTES))
  const target = random.pick([at, HEADER_BYTES, 0, at + 2, at - 2, bytes.length, 0x3fff, 11])
  return poke16(bytes, at, 0xc000 | (target & 0x3fff))
}

/** Pointers that each lead to the one before, or round in a ring, and a record whose owner starts at the last. */
function makeLadder(bytes: Buffer, random: Random): Buffer {
  const base = bytes.length
  const rungs = 1 + random.int(random.chance(0.2) ? 600 : 130)
  const ladder = Buffer.alloc(2 * rungs)
  const isRing = random.chance(0.3)
  for (let i = 0; i < rungs; i++) {
    const target = i === 0 ? (isRing ? base + 2 * (rungs - 1) : HEADER_BYTES) : base + 2 * (i - 1)
    ladder.writeUInt16BE(0xc000 | (target & 0x3fff), 2 * i)
  }
  const top = Buffer.alloc(2)
  top.writeUInt16BE(0xc000 | ((base + 2 * (rungs - 1)) & 0x3fff))
  poke16(bytes, 10, 1 + random.int(3))
  return Buffer.concat([bytes, ladder, record(top, 1, Buffer.alloc(4))])
}

function breakLabelLength(bytes: Buffer, random: Random, nameEnd: number): Buffer {
  const at = HEADER_BYTES + random.int(Math.max(1, nameEnd - HEADER_BYTES))
  if (at < bytes.length) bytes[at] = random.pick(LENGTHS)
  return bytes
}

function addOpts(bytes: Buffer, random: Random): Buffer {
  const opts = Array.from({ length: 1 + random.int(2) }, () => optRecord(random.int(0x10000)))
  if (bytes.length < HEADER_BYTES) return bytes
  poke16(bytes, 10, (bytes.readUInt16BE(10) + opts.length) & 0xffff)
  return Buffer.concat([bytes, ...opts])
}

/** Version, Z bits, sizes, options that do not fill RDATA, RDATA that does not fill the message. */
function breakOpt(bytes: Buffer, random: Random, nameEnd: number): Buffer {
  const options = Buffer.alloc(4 + random.int(20))
  options.writeUInt16BE(random.pick([3, 8, 10, 12, 15, 0, 0xffff]), 0)
  options.writeUInt16BE(
    random.pick([options.length - 4, options.length - 3, 0, 0xffff, options.length]),
    2,
  )
  const ttl = random.pick([0, 0x8000, 0x7fff, 0x00010000, 0x00ff0000, 0xff000000, 0xffffffff])
  const opt = optRecord(random.pick([0, 1, 511, 512, 1232, 1233, 0xffff]), ttl, options)
  if (random.chance(0.3)) opt.writeUInt16BE(random.int(0x10000), 9)
  if (random.chance(0.2)) opt[0] = random.int(64)
  return poke16(Buffer.concat([bytes.subarray(0, nameEnd + 4), opt]), 10, 1)
}

/** Records where a query has none, in any section, whole or not. */
function addRecords(bytes: Buffer, random: Random): Buffer {
  const count = 1 + random.int(random.chance(0.2) ? 40 : 9)
  const records = Array.from({ length: count }, () =>
    record(
      random.pick([Buffer.of(0), Buffer.of(0xc0, HEADER_BYTES), random.bytes(3), Buffer.of(0xc0)]),
      random.pick([1, 5, 6, 24, 41, 250, 255, random.int(0x10000)]),
      random.bytes(random.int(40)),
      random.chance(0.3) ? { lengthSaid: random.int(0x10000) } : {},
    ),
  )
  return poke16(Buffer.concat([bytes, ...records]), random.pick([6, 8, 10]), count)
}

function breakTypeAndClass(bytes: Buffer, random: Random, nameEnd: number): Buffer {
  poke16(bytes, nameEnd, random.int(0x10000))
  return poke16(bytes, nameEnd + 2, random.pick([0, 1, 3, 4, 254, 255, random.int(0x10000)]))
}

function breakAnyWord(bytes: Buffer, random: Random): Buffer {
  return poke16(bytes, random.int(Math.max(1, bytes.length)), random.pick([0, 0xffff, 0x8000, 1]))
}

function doubleQuestion(bytes: Buffer, _random: Random, nameEnd: number): Buffer {
  const question = bytes.subarray(HEADER_BYTES, nameEnd + 4)
  return poke16(Buffer.concat([bytes.subarray(0, nameEnd + 4), question]), 4, 2)
}

/** One byte or many more than the 255 that a name may have. */
function overlongName(bytes: Buffer, random: Random, nameEnd: number): Buffer {
  const labels = Array.from({ length: 4 + random.int(20) }, () => {
    const one = Buffer.alloc(1 + 63, 0x61)
    one[0] = 63
    return one
  })
  return Buffer.concat([bytes.subarray(0, HEADER_BYTES), ...labels, bytes.subarray(nameEnd - 1)])
}

function poke16(bytes: Buffer, at: number, value: number): Buffer {
  if (at + 2 <= bytes.length) bytes.writeUInt16BE(value & 0xffff, at)
  return bytes
}
