import { type Failure, failure } from '#domain/failure.ts'
import { type AnswerAge, ageError, ttlLeft } from './answer-age.ts'
import { copyQuestion, optBytes, writeOpt, writeQuestion } from './answer-writer.ts'
import { FLAG, HEADER_BYTES, NAME_BYTES_MAX, RCODE, TYPE } from './constants.ts'
import { readName, skipName } from './name.ts'
import { get32, put16, put32 } from './put.ts'
import type { QueryView } from './query-view.ts'
import { hasParam, SERVICE_PARAM } from './service-params.ts'
import { SharedOffsets } from './shared-offsets.ts'
import { isSoundData, ownerEnd } from './sound-record.ts'

const RECORDS_MAX = 2_000
const HOPS_MAX = 16
const RECORD_HEAD_BYTES = 10
/** OPT with a cookie and the longest text of an error. */
const OPT_BYTES_MAX = 192
/** No answer is kept longer than a day, no "no" longer than three hours (RFC 2308 section 5). */
const TTL_SECONDS_MAX = 86_400
const NEGATIVE_TTL_SECONDS_MAX = 10_800

/**
 * An upstream's answer made fit for any client: no OPT, no id, AA and AD cleared, the places of its TTLs known.
 * `wire` is never changed, so one entry serves every group and every client at once.
 */
export interface StoredAnswer {
  readonly wire: Buffer
  readonly rcode: number
  readonly ttlOffsets: Uint16Array
  /** For how long it may be kept; 0 when it may not. */
  readonly ttlSeconds: number
  /** Names that the answer leads to (CNAME, DNAME, SVCB and HTTPS targets), wire form, lower-cased, one after the other. */
  readonly hopNames: Uint8Array
  /** Whether a SVCB or HTTPS record in it has an `ech` parameter. */
  readonly hasEch: boolean
}

/**
 * Reads an upstream's message to `query` (RFC 1035 section 4.1). The caller has matched id and question. Everything
 * is bounds-checked; anything odd is a failure, never a throw.
 */
export function readAnswer(message: Buffer): StoredAnswer | Failure<'malformed-answer'> {
  const reader = new AnswerReader(message)
  const problem = reader.read()
  return problem ? failure('malformed-answer', problem) : reader.stored()
}

/**
 * Writes a stored answer for one client: its id, its spelling of the question, TTLs less its age. Returns the
 * length, or 0 when it does not fit `bytesMax`: then the client must be told to use TCP.
 */
export function writeStoredAnswer(
  query: QueryView,
  stored: StoredAnswer,
  age: AnswerAge,
  bytesMax: number,
  out: Buffer,
): number {
  const { wire, ttlOffsets } = stored
  const error = ageError(stored.rcode, age)
  if (wire.length + optBytes(query, error) > bytesMax) return 0
  out.set(wire)
  writeHeader(query, stored, out)
  for (const at of ttlOffsets) {
    put32(out, Math.min(ttlLeft(get32(wire, at), age), TTL_SECONDS_MAX), at)
  }
  return query.hasEdns ? writeOpt(query, stored.rcode, error, out, wire.length) : wire.length
}

/** Bytes that `writeStoredAnswer` may need. */
export function storedAnswerBytes(stored: StoredAnswer): number {
  return stored.wire.length + OPT_BYTES_MAX
}

/** Writes "too long, ask by TCP" (RFC 2181 section 9): the question alone with TC set. */
export function writeTruncated(query: QueryView, rcode: number, out: Buffer): number {
  const at = writeQuestion(query, rcode, out)
  out.writeUInt16BE(out.readUInt16BE(2) | FLAG.TC, 2)
  return query.hasEdns ? writeOpt(query, rcode, undefined, out, at) : at
}

function writeHeader(query: QueryView, stored: StoredAnswer, out: Buffer): void {
  put16(out, query.id, 0)
  put16(out, FLAG.QR | FLAG.RA | (query.flags & (FLAG.RD | FLAG.CD)) | stored.rcode, 2)
  copyQuestion(query, out)
}

/** Where the reader at work keeps names; one reads at a time, and `stored` copies what it found. */
const hopScratch = new Uint8Array(HOPS_MAX * NAME_BYTES_MAX)
const sharedOffsets = new SharedOffsets()
/** Of the many answers that lead nowhere. */
const NO_NAMES = new Uint8Array()

/** Walks a message once and collects what a stored answer needs. */
class AnswerReader {
  readonly #message: Buffer
  readonly #ttlOffsets: number[] = []
  readonly #hops = hopScratch
  #hopsEnd = 0
  #hopCount = 0
  #leastTtl = TTL_SECONDS_MAX
  #negativeTtl = 0
  #answerRecords = 0
  #hasEch = false
  #end: number

  constructor(message: Buffer) {
    this.#message = message
    this.#end = message.length
  }

  /** Returns what is wrong with the message, or undefined. */
  read(): string | undefined {
    const message = this.#message
    if (message.length < HEADER_BYTES) return 'shorter than a header'
    const counts = [6, 8, 10].map((at) => message.readUInt16BE(at))
    if (message.readUInt16BE(4) !== 1) return 'not one question'
    if (counts.reduce((a, b) => a + b) > RECORDS_MAX) return 'too many records'
    let at = skipName(message, HEADER_BYTES, message.length)
    if (at < 0 || at + 4 > message.length) return 'question is cut off'
    at += 4
    for (const [section, count] of counts.entries()) {
      const sectionStart = at
      for (let i = 0; i < count; i++) {
        const next = this.#readRecord(at, section)
        if (next < 0) return 'record is cut off or unsound'
        if (next === 0) {
          // OPT before other additional records: what follows may point past it, so the whole section goes.
          this.#end = i === count - 1 ? at : sectionStart
          this.#keepTtlsBefore(this.#end)
          return undefined
        }
        at = next
      }
    }
    this.#end = at
    return undefined
  }

  stored(): StoredAnswer {
    const wire = Buffer.from(this.#message.subarray(0, this.#end))
    const rcode = wire.readUInt16BE(2) & 0xf
    wire.writeUInt16BE(0, 0)
    wire.writeUInt16BE(this.#additionalsKept(wire), 10)
    for (const at of this.#ttlOffsets) if (wire[at]! >= 0x80) put32(wire, 0, at)
    const isTruncated = (wire.readUInt16BE(2) & FLAG.TC) !== 0
    return {
      wire,
      rcode,
      ttlOffsets: sharedOffsets.of(this.#ttlOffsets),
      ttlSeconds: isTruncated ? 0 : this.#ttlSeconds(rcode),
      hopNames: this.#hopsEnd === 0 ? NO_NAMES : this.#hops.slice(0, this.#hopsEnd),
      hasEch: this.#hasEch,
    }
  }

  #ttlSeconds(rcode: number): number {
    if (rcode !== RCODE.NOERROR && rcode !== RCODE.NXDOMAIN) return 0
    const isNegative = rcode === RCODE.NXDOMAIN || this.#answerRecords === 0
    return isNegative ? Math.min(this.#negativeTtl, this.#leastTtl) : this.#leastTtl
  }

  /** How many additional records lie before the cut. */
  #additionalsKept(wire: Buffer): number {
    const others = wire.readUInt16BE(6) + wire.readUInt16BE(8)
    return Math.max(0, this.#ttlOffsets.length - others)
  }

  #keepTtlsBefore(end: number): void {
    while ((this.#ttlOffsets.at(-1) ?? 0) >= end) this.#ttlOffsets.pop()
  }

  /** Returns where the next record starts, 0 for an OPT record, -1 when cut off. */
  #readRecord(start: number, section: number): number {
    const message = this.#message
    const at = ownerEnd(message, start)
    if (at < 0 || at + RECORD_HEAD_BYTES > message.length) return -1
    const type = message.readUInt16BE(at)
    const dataStart = at + RECORD_HEAD_BYTES
    const next = dataStart + message.readUInt16BE(at + 8)
    if (next > message.length || dataStart > 0xffff) return -1
    if (type === TYPE.OPT) return section === 2 ? 0 : -1
    if (!isSoundData(message, type, dataStart, next)) return -1
    this.#ttlOffsets.push(at + 4)
    const ttl = ttlAt(message, at + 4)
    this.#leastTtl = Math.min(this.#leastTtl, ttl)
    if (section === 0) this.#answerRecords++
    // Clients go on from what is additional as well (RFC 9460 section 4.1); an authority section leads nowhere.
    if (section !== 1 && !this.#readHop(type, dataStart, next)) return -1
    if (section === 1 && type === TYPE.SOA && next - dataStart >= 20)
      this.#negativeTtl = Math.min(ttl, message.readUInt32BE(next - 4), NEGATIVE_TTL_SECONDS_MAX)
    return next
  }

  /** Keeps the name that an answer record leads to; false when it is malformed or there are too many. */
  #readHop(type: number, dataStart: number, next: number): boolean {
    const isService = type === TYPE.SVCB || type === TYPE.HTTPS
    if (type !== TYPE.CNAME && type !== TYPE.DNAME && !isService) return true
    if (++this.#hopCount > HOPS_MAX) return false
    const nameStart = isService ? dataStart + 2 : dataStart
    const after = readName(this.#message, nameStart, next, this.#hops, this.#hopsEnd)
    if (after < 0) return false
    if (isService && hasParam(this.#message, SERVICE_PARAM.ech, after, next)) this.#hasEch = true
    let end = this.#hopsEnd
    while (this.#hops[end] !== 0) end += this.#hops[end]! + 1
    this.#hopsEnd = end + 1
    return true
  }
}

/** A TTL with its top bit set means zero (RFC 2181 section 8). */
function ttlAt(message: Buffer, at: number): number {
  const ttl = message.readUInt32BE(at)
  return ttl > 0x7fffffff ? 0 : ttl
}
