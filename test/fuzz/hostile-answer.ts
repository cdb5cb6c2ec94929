/** Answers that no honest resolver gives. Every one is to a real question, with its id and question unless said otherwise. */
import { wireName } from '#test/support/wire-name.ts'
import type { Random } from './random.ts'
import { HEADER_BYTES, header, optRecord, record } from './raw-query.ts'
import { questionEnd } from './read-message.ts'

/** Points to the name in the question. */
const ASKED = Buffer.of(0xc0, HEADER_BYTES)
const ADDRESS = Buffer.of(192, 0, 2, 66)
const RESPONSE = 0x8180
/** A name that every group is kept from: no answer that leads here may pass. */
export const FORBIDDEN_NAME = 'blocked.test'

/** A broken answer to `query`, or undefined for silence. Over UDP it may only say that TCP is needed. */
export function hostileAnswer(
  query: Buffer,
  transport: 'udp' | 'tcp',
  random: Random,
): Buffer | undefined {
  const make = random.pick(transport === 'udp' ? [...MAKERS, truncated, silence] : MAKERS)
  return make(query, random)
}

type Maker = (query: Buffer, random: Random) => Buffer | undefined

const MAKERS: readonly [Maker, ...Maker[]] = [
  flipped,
  cut,
  withTrash,
  wrongCounts,
  oddAddresses,
  brokenOwner,
  brokenTarget,
  wrongDataLength,
  manyRecords,
  longChain,
  forbiddenPlainly,
  forbiddenByDname,
  forbiddenByLadder,
  forbiddenInOtherClass,
  forbiddenByService,
  oddOpts,
  oddCode,
  oddTtl,
  otherQuestion,
  otherHeader,
  noise,
  longestName,
  negative,
]

function answer(query: Buffer, records: readonly Buffer[], flags: number = RESPONSE): Buffer {
  const out = Buffer.concat([
    header([1, records.length, 0, 0], flags),
    query.subarray(HEADER_BYTES, questionEnd(query)),
    ...records,
  ])
  query.copy(out, 0, 0, 2)
  return out
}

function good(query: Buffer): Buffer {
  return answer(query, [
    record(ASKED, 5, wireName('web.example.org')),
    record(wireName('web.example.org'), typeOf(query), dataOf(query)),
  ])
}

function typeOf(query: Buffer): number {
  return query.readUInt16BE(questionEnd(query) - 4)
}

function dataOf(query: Buffer): Buffer {
  return typeOf(query) === 28 ? Buffer.alloc(16, 0x20) : ADDRESS
}

function flipped(query: Buffer, random: Random): Buffer {
  const out = good(query)
  for (let flips = 1 + random.int(12); flips > 0; flips--) {
    const at = 2 + random.int(out.length - 2)
    out[at] = (out[at] ?? 0) ^ (1 << random.int(8))
  }
  return out
}

function cut(query: Buffer, random: Random): Buffer {
  const out = good(query)
  return out.subarray(0, random.int(out.length))
}

function withTrash(query: Buffer, random: Random): Buffer {
  return Buffer.concat([good(query), random.bytes(1 + random.int(500))])
}

function wrongCounts(query: Buffer, random: Random): Buffer {
  const out = good(query)
  out.writeUInt16BE(random.pick([0, 1, 3, 100, 2_001, 0xffff]), random.pick([6, 8, 10]))
  return out
}

/** A of any length but four, AAAA of any but sixteen. */
function oddAddresses(query: Buffer, random: Random): Buffer {
  const records = Array.from({ length: 1 + random.int(4) }, () =>
    record(ASKED, random.pick([1, 28]), random.bytes(random.int(24))),
  )
  return answer(query, records)
}

/** Owner names that lead to themselves, forwards, out of the message, or through a label too long. */
function brokenOwner(query: Buffer, random: Random): Buffer {
  const at = questionEnd(query)
  const owner = random.pick([
    pointer(at),
    pointer(at + 2),
    pointer(0x3fff),
    Buffer.concat([Buffer.of(1, 0x61), pointer(at)]),
    Buffer.of(0x40, 0x61, 0),
    Buffer.of(0x80, 0),
    Buffer.of(63, 0x61),
  ])
  const sections = [record(owner, typeOf(query), dataOf(query)), record(ASKED, 1, ADDRESS)]
  const out = answer(query, random.chance(0.5) ? sections : sections.toReversed())
  if (random.chance(0.3)) moveToSection(out, random.pick([8, 10]))
  return out
}

/** The same in the data of records that hold names. */
function brokenTarget(query: Buffer, random: Random): Buffer {
  const dataAt = questionEnd(query) + ASKED.length + 10
  const data = random.pick([
    pointer(dataAt),
    pointer(dataAt + 2),
    Buffer.of(3, 0x61),
    Buffer.alloc(0),
    Buffer.of(0xc0),
    Buffer.concat([Buffer.of(1, 0x61), pointer(dataAt)]),
    Buffer.concat([Buffer.of(0, 1), pointer(dataAt)]),
  ])
  return answer(query, [record(ASKED, random.pick([5, 39, 64, 65, 2, 12, 15, 6, 33]), data)])
}

function wrongDataLength(query: Buffer, random: Random): Buffer {
  const lengthSaid = random.pick([0, 1, 3, 5, 300, 0xffff])
  return answer(query, [record(ASKED, random.pick([1, 5, 65]), ADDRESS, { lengthSaid })])
}

function manyRecords(query: Buffer, random: Random): Buffer {
  const count = random.pick([100, 1_999, 2_001, 4_000])
  return answer(
    query,
    Array.from({ length: count }, () => record(ASKED, 1, ADDRESS)),
  ).subarray(0, 65_535)
}

function longChain(query: Buffer, random: Random): Buffer {
  const count = random.pick([15, 16, 17, 40])
  const hops = Array.from({ length: count }, (_, i) =>
    record(i === 0 ? ASKED : wireName(`h${i}.example.org`), 5, wireName(`h${i + 1}.example.org`)),
  )
  return answer(query, [...hops, record(wireName(`h${count}.example.org`), 1, ADDRESS)])
}

function forbiddenPlainly(query: Buffer, random: Random): Buffer {
  const name = random.pick([FORBIDDEN_NAME, `x.${FORBIDDEN_NAME}`, FORBIDDEN_NAME.toUpperCase()])
  const target = wireName(name)
  const records = [record(ASKED, 5, target), record(target, 1, ADDRESS)]
  return answer(query, random.chance(0.5) ? records : records.toReversed())
}

function forbiddenByDname(query: Buffer): Buffer {
  const target = wireName(`h.${FORBIDDEN_NAME}`)
  return answer(query, [
    record(wireName('hostile.test'), 39, wireName(FORBIDDEN_NAME)),
    record(ASKED, 5, target),
    record(target, 1, ADDRESS),
  ])
}

/** The forbidden name in pieces, each behind a pointer. */
function forbiddenByLadder(query: Buffer): Buffer {
  const at = questionEnd(query)
  const first = record(ASKED, 16, Buffer.concat([Buffer.of(5), wireName('test')]))
  const testAt = at + ASKED.length + 11
  const target = Buffer.concat([Buffer.of(7), Buffer.from('BLOCKED'), pointer(testAt)])
  return answer(query, [first, record(ASKED, 5, target), record(target, 1, ADDRESS)])
}

function forbiddenInOtherClass(query: Buffer, random: Random): Buffer {
  const recordClass = random.pick([0, 3, 254, 255])
  const target = wireName(FORBIDDEN_NAME)
  return answer(query, [record(ASKED, 5, target, { recordClass }), record(target, 1, ADDRESS)])
}

function forbiddenByService(query: Buffer, random: Random): Buffer {
  const data = Buffer.concat([Buffer.of(0, random.int(2)), wireName(FORBIDDEN_NAME)])
  return answer(query, [record(ASKED, random.pick([64, 65]), data), record(ASKED, 1, ADDRESS)])
}

/** Two of them, one in the wrong section, one that others point into, one that is cut off. */
function oddOpts(query: Buffer, random: Random): Buffer {
  const records = [record(ASKED, typeOf(query), dataOf(query))]
  const opts = random.pick([
    [optRecord(), optRecord()],
    [optRecord(0xffff, 0xff000000, random.bytes(40)), record(pointer(0x40), 1, ADDRESS)],
    [record(ASKED, 1, ADDRESS), optRecord(), record(ASKED, 28, Buffer.alloc(16))],
    [optRecord().subarray(0, 9)],
    [record(ASKED, 41, Buffer.alloc(3))],
  ])
  const out = Buffer.concat([answer(query, records), ...opts])
  out.writeUInt16BE(opts.length, random.pick([10, 10, 10, 8]))
  return out
}

function oddCode(query: Buffer, random: Random): Buffer {
  return answer(query, [record(ASKED, 1, ADDRESS)], (RESPONSE & 0xfff0) | random.int(16))
}

function oddTtl(query: Buffer, random: Random): Buffer {
  const ttl = random.pick([0, 1, 0x7fffffff, 0x80000000, 0xffffffff])
  return answer(query, [record(ASKED, typeOf(query), dataOf(query), { ttl })])
}

function otherQuestion(query: Buffer, random: Random): Buffer {
  const out = good(query)
  const at = HEADER_BYTES + 1 + random.int(Math.max(1, questionEnd(query) - HEADER_BYTES - 1))
  out[at] = (out[at] ?? 0) ^ (1 + random.int(255))
  return out
}

function otherHeader(query: Buffer, random: Random): Buffer {
  const out = good(query)
  const at = random.int(6)
  out[at] = random.int(256)
  return out
}

function noise(query: Buffer, random: Random): Buffer {
  const out = random.bytes(2 + random.int(1_500))
  if (random.chance(0.7)) query.copy(out, 0, 0, 2)
  return out
}

function longestName(query: Buffer): Buffer {
  const target = wireName([...'abcd'].map((c) => c.repeat(c === 'd' ? 61 : 63)).join('.'))
  return answer(query, [record(ASKED, 5, target), record(target, 1, ADDRESS)])
}

/** NXDOMAIN with an SOA that is whole, short, or full of pointers. */
function negative(query: Buffer, random: Random): Buffer {
  const data = random.pick([
    Buffer.concat([ASKED, ASKED, random.bytes(20)]),
    random.bytes(random.int(22)),
    Buffer.concat([pointer(0x3fff), random.bytes(20)]),
  ])
  const out = answer(query, [record(ASKED, 6, data)], RESPONSE | 3)
  moveToSection(out, 8)
  return out
}

function truncated(query: Buffer): Buffer {
  return answer(query, [], RESPONSE | 0x0200)
}

function silence(): undefined {
  return undefined
}

/** Moves the count of answers to another section. */
function moveToSection(message: Buffer, countAt: number): void {
  message.writeUInt16BE(message.readUInt16BE(6), countAt)
  message.writeUInt16BE(0, 6)
}

function pointer(target: number): Buffer {
  return Buffer.of(0xc0 | ((target >> 8) & 0x3f), target & 0xff)
}
