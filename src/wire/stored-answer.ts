import { type Failure, failure } from '#domain/failure.ts'
import { type AnswerAge, ageError, ttlLeft } from './answer-age.ts'
import {
  copyQuestion,
  type ExtendedError,
  optBytes,
  writeOpt,
  writeQuestion,
} from './answer-writer.ts'
import { FLAG, HEADER_BYTES, isAboutTheName, NAME_BYTES_MAX, RCODE, TYPE } from './constants.ts'
import { evenTtls } from './even-ttls.ts'
import { readName, skipName } from './name.ts'
import { get32, put16, put32 } from './put.ts'
import type { QueryView } from './query-view.ts'
import { hasParam, SERVICE_PARAM } from './service-params.ts'
import { SharedOffsets } from './shared-offsets.ts'
import { isSoundData, ownerEnd } from './sound-record.ts'
import { errorInOpt } from './upstream-error.ts'

const RECORDS_MAX = 2_000
const HOPS_MAX = 16
const RECORD_HEAD_BYTES = 10
/** OPT with a cookie and the longest text of an error. */
const OPT_BYTES_MAX = 192
/** No answer is kept longer than a week, whatever a school wishes (RFC 8767 section 4); no "no" longer than three hours (RFC 2308 section 5). */
export const TTL_SECONDS_MAX = 604_800
export const NEGATIVE_TTL_SECONDS_MAX = 10_800

/**
 * An upstream's answer made fit for any client: no OPT, no id, AA cleared, AD only where it is trusted, the places of its TTLs known. An
 * RRset has one TTL, and the SOA of a "no" has the TTL of that "no". `wire` is never changed, so one entry serves every group and every
 * client at once.
 */
export interface StoredAnswer {
  readonly wire: Buffer
  readonly rcode: number
  readonly ttlOffsets: Uint16Array
  /** For how long it may be kept; 0 when it may not. */
  readonly ttlSeconds: number
  /** Whether it says what there is or that there is nothing; `never`: whatever its TTLs, for it is cut, a fault, or a "no" without SOA. */
  readonly keeping: 'positive' | 'negative' | 'never'
  /** Names that the answer leads to (CNAME, DNAME, SVCB and HTTPS targets), wire form, lower-cased, one after the other. */
  readonly hopNames: Uint8Array
  /** Whether a SVCB or HTTPS record in it has an `ech` parameter. */
  readonly hasEch: boolean
  /** What the upstream says of it (RFC 8914). */
  readonly error: ExtendedError | undefined
}

export interface ReadTraits {
  /** Whether the AD bit is to be believed; else it is cleared. */
  readonly keepsAd: boolean
}
const NO_TRAITS: ReadTraits = { keepsAd: false }

/**
 * Reads an upstream's message to `query` (RFC 1035 section 4.1). The caller has matched id and question. Everything
 * is bounds-checked; anything odd is a failure, never a throw.
 */
export function readAnswer(
  message: Buffer,
  traits: ReadTraits = NO_TRAITS,
): StoredAnswer | Failure<'malformed-answer'> {
  const reader = new AnswerReader(message, traits)
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
  const error = ageError(stored.rcode, age) ?? stored.error
  if (wire.length + optBytes(query, error) > bytesMax) return 0
  out.set(wire)
  writeHeader(query, stored, age, out)
  for (const at of ttlOffsets) put32(out, ttlLeft(get32(wire, at), age), at)
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

function writeHeader(query: QueryView, stored: StoredAnswer, age: AnswerAge, out: Buffer): void {
  const kept = query.flags & (FLAG.RD | FLAG.CD)
  // To whoever can make sense of it (RFC 6840 section 5.8), and of no stale answer, whose signatures may have run out.
  const maySayAd = age !== 'stale' && (query.isDnssecOk || (query.flags & FLAG.AD) !== 0)
  const ad = maySayAd ? stored.wire[3]! & FLAG.AD : 0
  put16(out, query.id, 0)
  put16(out, FLAG.QR | FLAG.RA | kept | ad | stored.rcode, 2)
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
  readonly #traits: ReadTraits
  readonly #ttlOffsets: number[] = []
  readonly #hops = hopScratch
  #hopsEnd = 0
  #hopCount = 0
  #leastTtl = TTL_SECONDS_MAX
  #negativeTtl = 0
  /** Where the TTL of the SOA stands that says for how long "no" holds; 0 where there is none. */
  #soaTtlAt = 0
  #answerRecords = 0
  #hasEch = false
  #error: ExtendedError | undefined
  #end: number

  constructor(message: Buffer, traits: ReadTraits) {
    this.#message = message
    this.#traits = traits
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
          this.#error = errorInOpt(message, at)
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
    if (!this.#traits.keepsAd) wire[3]! &= ~FLAG.AD
    wire.writeUInt16BE(this.#additionalsKept(wire), 10)
    const keeping = this.#keeping(wire, rcode)
    this.#settleTtls(wire)
    return {
      wire,
      rcode,
      ttlOffsets: sharedOffsets.of(this.#ttlOffsets),
      ttlSeconds: this.#ttlSeconds(keeping),
      keeping,
      hopNames: this.#hopsEnd === 0 ? NO_NAMES : this.#hops.slice(0, this.#hopsEnd),
      hasEch: this.#hasEch,
      error: this.#error,
    }
  }

  #keeping(wire: Buffer, rcode: number): StoredAnswer['keeping'] {
    if ((wire.readUInt16BE(2) & FLAG.TC) !== 0 || !isAboutTheName(rcode)) return 'never'
    // An alias that ends at nothing has an SOA beside it (RFC 2308 section 2.2).
    if (rcode === RCODE.NOERROR && this.#answerRecords > 0 && this.#soaTtlAt === 0)
      return 'positive'
    return this.#soaTtlAt === 0 ? 'never' : 'negative'
  }

  #ttlSeconds(keeping: StoredAnswer['keeping']): number {
    if (keeping === 'never') return 0
    return keeping === 'negative' ? Math.min(this.#negativeTtl, this.#leastTtl) : this.#leastTtl
  }

  /** Writes the TTLs as they are understood. Nearly always all are the same already. */
  #settleTtls(wire: Buffer): void {
    let isEven = true
    for (const at of this.#ttlOffsets) {
      const ttl = ttlAt(wire, at)
      if (ttl !== this.#leastTtl) isEven = false
      put32(wire, at === this.#soaTtlAt ? this.#negativeTtl : ttl, at)
    }
    if (!isEven) evenTtls(wire)
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
    if (section === 1 && type === TYPE.SOA) {
      this.#soaTtlAt = at + 4
      this.#negativeTtl = Math.min(ttl, ttlAt(message, next - 4), NEGATIVE_TTL_SECONDS_MAX)
    }
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
  return ttl > 0x7fffffff ? 0 : Math.min(ttl, TTL_SECONDS_MAX)
}
