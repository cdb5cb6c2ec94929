/** A small reader of DNS messages, written apart from the product's own, that says what is wrong with one. */
const HEADER_BYTES = 12
const OPT = 41

export interface ReadRecord {
  readonly section: 'answer' | 'authority' | 'additional'
  readonly owner: string
  readonly type: number
  readonly ttl: number
  readonly data: Buffer
  /** The name that CNAME, DNAME, SVCB and HTTPS lead to. */
  readonly target: string | undefined
}

export interface ReadMessage {
  readonly id: number
  readonly flags: number
  readonly rcode: number
  readonly records: readonly ReadRecord[]
}

class Malformed extends Error {}

/** The message, or in words what is wrong with it. */
export function readMessage(bytes: Buffer): ReadMessage | string {
  try {
    return read(bytes)
  } catch (error) {
    if (error instanceof Malformed) return error.message
    throw error
  }
}

/**
 * Where the question ends, or 0 when the message has none that must be echoed: more or fewer than one, another opcode,
 * cut off, compressed, a label or a name too long.
 */
export function questionEnd(query: Buffer): number {
  if (query.length < HEADER_BYTES || query.readUInt16BE(4) !== 1) return 0
  if ((query.readUInt16BE(2) & 0x7800) !== 0) return 0
  let at = HEADER_BYTES
  for (let label = query[at]; label !== undefined && label <= 63; label = query[at]) {
    at += 1 + label
    if (at - HEADER_BYTES > 255) return 0
    if (label === 0) return at + 4 <= query.length ? at + 4 : 0
  }
  return 0
}

/** What is wrong with `answer` as an answer to `query`, of which the first 300 bytes are enough; undefined if nothing. */
export function problemOf(
  query: Buffer,
  answer: Buffer,
  transport: 'udp' | 'tcp',
): string | undefined {
  const message = readMessage(answer)
  if (typeof message === 'string') return message
  const asked = query.readUInt16BE(2)
  if (message.id !== query.readUInt16BE(0)) return 'another id'
  if ((message.flags & 0x8000) === 0) return 'QR is clear'
  if ((message.flags & 0x7800) !== (asked & 0x7800)) return 'another opcode'
  if ((message.flags & 0x0040) !== 0) return 'Z is set'
  const end = questionEnd(query)
  if (end > 0) {
    if (answer.readUInt16BE(4) !== 1) return 'the question is not echoed'
    if (!answer.subarray(HEADER_BYTES, end).equals(query.subarray(HEADER_BYTES, end)))
      return 'another question'
  }
  const isPlain = query.readUInt16BE(10) === 0
  if (isPlain && message.records.some(({ type }) => type === OPT)) return 'OPT where none came'
  if (transport === 'udp' && answer.length > (isPlain ? 512 : 1232)) return 'longer than asked for'
  return undefined
}

/** Whether silence is the right answer: no header, or itself an answer. */
export function maybeSilent(query: Buffer): boolean {
  return query.length < HEADER_BYTES || (query.readUInt16BE(2) & 0x8000) !== 0
}

function read(bytes: Buffer): ReadMessage {
  if (bytes.length < HEADER_BYTES) throw new Malformed('shorter than a header')
  const questions = bytes.readUInt16BE(4)
  if (questions > 1) throw new Malformed(`${questions} questions`)
  let at = HEADER_BYTES
  if (questions === 1) at = readName(bytes, at).after + 4
  const records: ReadRecord[] = []
  for (const [i, section] of (['answer', 'authority', 'additional'] as const).entries())
    for (let left = bytes.readUInt16BE(6 + 2 * i); left > 0; left--) {
      const one = readRecord(bytes, at, section)
      records.push(one.record)
      at = one.after
    }
  if (at !== bytes.length) throw new Malformed(`${bytes.length - at} bytes after the end`)
  if (records.filter(({ type }) => type === OPT).length > 1) throw new Malformed('two OPT records')
  const flags = bytes.readUInt16BE(2)
  return { id: bytes.readUInt16BE(0), flags, rcode: flags & 0xf, records }
}

function readRecord(
  bytes: Buffer,
  start: number,
  section: ReadRecord['section'],
): { readonly record: ReadRecord; readonly after: number } {
  const { name: owner, after: at } = readName(bytes, start)
  if (at + 10 > bytes.length) throw new Malformed('a record is cut off')
  const type = bytes.readUInt16BE(at)
  const dataStart = at + 10
  const after = dataStart + bytes.readUInt16BE(at + 8)
  if (after > bytes.length) throw new Malformed('RDATA is cut off')
  const data = bytes.subarray(dataStart, after)
  if (type === 1 && data.length !== 4) throw new Malformed(`A of ${data.length} bytes`)
  if (type === 28 && data.length !== 16) throw new Malformed(`AAAA of ${data.length} bytes`)
  if (type === OPT && (owner !== '.' || section !== 'additional'))
    throw new Malformed('OPT out of place')
  const nameAt = targetOffset(type)
  const target = nameAt === undefined ? undefined : readName(bytes, dataStart + nameAt, after)
  return {
    record: { section, owner, type, ttl: bytes.readUInt32BE(at + 4), data, target: target?.name },
    after,
  }
}

function targetOffset(type: number): number | undefined {
  if (type === 5 || type === 39) return 0
  return type === 64 || type === 65 ? 2 : undefined
}

/** Lower-cased text; labels may be compressed, pointers lead backwards only. */
function readName(
  bytes: Buffer,
  start: number,
  end: number = bytes.length,
): { readonly name: string; readonly after: number } {
  const labels: string[] = []
  let at = start
  let after = -1
  let length = 0
  let bound = end
  for (;;) {
    const label = bytes[at]
    if (label === undefined || at >= bound) throw new Malformed('a name is cut off')
    if (label >= 0xc0) {
      if (at + 2 > bound) throw new Malformed('a pointer is cut off')
      const target = bytes.readUInt16BE(at) & 0x3fff
      if (target >= at) throw new Malformed('a pointer leads forwards')
      if (after < 0) after = at + 2
      at = target
      bound = bytes.length
      continue
    }
    if (label > 63) throw new Malformed('a label of unknown kind')
    if (at + 1 + label > bound) throw new Malformed('a label is cut off')
    length += label + 1
    if (length > 255) throw new Malformed('a name of more than 255 bytes')
    if (label === 0) return { name: labels.join('.') || '.', after: after < 0 ? at + 1 : after }
    labels.push(bytes.toString('latin1', at + 1, at + 1 + label).toLowerCase())
    at += label + 1
  }
}
