import {
  CLASS,
  FLAG,
  HEADER_BYTES,
  NAME_BYTES_MAX,
  OPCODE_MASK,
  OPCODE_SHIFT,
  OPTION,
  TYPE,
  UDP_BYTES_MAX,
  UDP_BYTES_MIN,
} from './constants.ts'
import { MARK_BYTES } from './loop-mark.ts'
import { lengthOf, readName, skipName } from './name.ts'
import { SELF_MARK_BYTES } from './self-mark.ts'
import { COOKIE_OPTION, isCookieLength, WHOLE_COOKIE_BYTES } from './server-cookie.ts'

/** What came of reading a query: `no-answer` is for what must not be answered at all. */
export type ParseOutcome =
  | 'ok'
  | 'no-answer'
  | 'bad-format'
  | 'not-implemented'
  | 'bad-version'
  /** No question, but a cookie (RFC 7873 section 5.4). */
  | 'cookie-alone'

/** More records than this beside the question is no query of any client that we know. */
const EXTRA_RECORDS_MAX = 8
const OPT_FIXED_BYTES = 11
const MAC_BYTES = 6
/** An option that has not come. */
export const NO_OPTION = -1
/** Type (2 bytes) and flags (1 byte) that follow the name in the cache key. */
export const KEY_SUFFIX_BYTES = 3

/**
 * One query as it lies in its buffer: filled by `parse`, read by every stage, reused for the next query. Nobody may
 * keep it, or anything it points to, once its answer has been sent.
 */
export class QueryView {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  length = 0
  id = 0
  flags = 0
  /** The name asked, lower-cased, uncompressed, followed by room for the rest of the cache key. */
  readonly name: Buffer = Buffer.alloc(NAME_BYTES_MAX + KEY_SUFFIX_BYTES)
  nameLength = 0
  type = 0
  class: number = CLASS.IN
  /** Offsets in `bytes` of the question; the end is 0 while no question has been read. */
  questionStart = 0
  questionEnd = 0
  hasEdns = false
  isDnssecOk = false
  /** Offsets in `bytes` of the marks of forwarders (see `loop-mark.ts`); both 0 where there are none. */
  marksStart = 0
  marksEnd = 0
  /** What the client takes over UDP, already within our own bounds. */
  udpBytesMax: number = UDP_BYTES_MIN
  /** Where the data of the first COOKIE option lies in `bytes`, and how much it is: 0 where there is none (RFC 7873). */
  cookieStart = 0
  cookieBytes = 0
  /** The whole cookie that the answer is to carry, where `hasAnswerCookie` says so. */
  readonly answerCookie: Buffer = Buffer.alloc(WHOLE_COOKIE_BYTES)
  hasAnswerCookie = false
  /** Where the data of a CLIENT_SUBNET option lies (RFC 7871), and how much it is; both 0 where there is none. */
  subnetStart = 0
  subnetBytes = 0
  /** Where the six bytes of a DEVICE_MAC option lie; 0 where there is none. */
  macStart = 0
  /** Where the bytes of a SELF_MARK option lie; 0 where there is none. */
  selfMarkStart = 0
  /** Whether the client pads its messages (RFC 7830). */
  hasPadding = false
  /** Bytes of data of the client's edns-tcp-keepalive option (RFC 7828), the most where it comes twice; NO_OPTION without one. */
  keepaliveBytes: number = NO_OPTION

  /** A copy of the marks of the forwarders that it has come through; undefined where there are none. */
  marks(): Uint8Array | undefined {
    const { bytes, marksStart, marksEnd } = this
    return marksEnd > marksStart ? Uint8Array.from(bytes.subarray(marksStart, marksEnd)) : undefined
  }

  /** Reads a message. Never throws; does not allocate. RFC 1035 section 4.1, RFC 6891 section 6.1. */
  parse(bytes: Uint8Array, start: number, length: number): ParseOutcome {
    this.#reset(bytes, start, length)
    if (length < HEADER_BYTES) return 'no-answer'
    this.id = this.#u16(start)
    this.flags = this.#u16(start + 2)
    if (this.flags & FLAG.QR) return 'no-answer'
    if (((this.flags >> OPCODE_SHIFT) & OPCODE_MASK) !== 0) return 'not-implemented'
    const questions = this.#u16(start + 4)
    if (questions > 1) return 'bad-format'
    if (questions === 0) return this.#readCookieAlone()
    if (!this.#readQuestion()) return 'bad-format'
    return this.#readRecords(this.questionEnd)
  }

  /**
   * The key of the answer cache: name, type and the bits that change an answer, as latin1. The only allocation on the
   * hit path. Class is always IN where this is used.
   */
  cacheKey(): string {
    const { name, nameLength } = this
    name[nameLength] = this.type >> 8
    name[nameLength + 1] = this.type & 0xff
    name[nameLength + 2] = (this.isDnssecOk ? 1 : 0) | (this.isCheckingDisabled ? 2 : 0)
    return name.toString('latin1', 0, nameLength + KEY_SUFFIX_BYTES)
  }

  get isCheckingDisabled(): boolean {
    return (this.flags & FLAG.CD) !== 0
  }

  #reset(bytes: Uint8Array, start: number, length: number): void {
    this.bytes = bytes
    this.start = start
    this.length = length
    this.id = 0
    this.flags = 0
    this.nameLength = 0
    this.type = 0
    this.class = CLASS.IN
    this.questionStart = start + HEADER_BYTES
    this.questionEnd = 0
    this.hasEdns = false
    this.isDnssecOk = false
    this.marksStart = 0
    this.marksEnd = 0
    this.udpBytesMax = UDP_BYTES_MIN
    this.cookieStart = 0
    this.cookieBytes = 0
    this.hasAnswerCookie = false
    this.subnetStart = 0
    this.subnetBytes = 0
    this.macStart = 0
    this.selfMarkStart = 0
    this.hasPadding = false
    this.keepaliveBytes = NO_OPTION
  }

  #readQuestion(): boolean {
    const end = this.start + this.length
    const after = readName(this.bytes, this.questionStart, end, this.name, 0)
    if (after < 0 || after + 4 > end) return false
    this.nameLength = lengthOf(this.name, 0)
    // A compressed question has nothing to point at: its name must lie there in full.
    if (after - this.questionStart !== this.nameLength) return false
    this.type = this.#u16(after)
    this.class = this.#u16(after + 2)
    this.questionEnd = after + 4
    return true
  }

  #readCookieAlone(): ParseOutcome {
    const outcome = this.#readRecords(this.start + HEADER_BYTES)
    if (outcome !== 'ok') return outcome
    return this.cookieBytes > 0 ? 'cookie-alone' : 'bad-format'
  }

  /** Walks the other sections: all must be whole, and at most one OPT may stand in the additional section. */
  #readRecords(from: number): ParseOutcome {
    const end = this.start + this.length
    const answers = this.#u16(this.start + 6)
    const authorities = this.#u16(this.start + 8)
    const additionals = this.#u16(this.start + 10)
    if (answers + authorities + additionals > EXTRA_RECORDS_MAX) return 'bad-format'
    let at = from
    let outcome: ParseOutcome = 'ok'
    for (let i = 0; i < answers + authorities + additionals; i++) {
      const owner = at
      at = skipName(this.bytes, at, end)
      if (at < 0 || at + 10 > end) return 'bad-format'
      const next = at + 10 + this.#u16(at + 8)
      if (next > end) return 'bad-format'
      if (this.#u16(at) === TYPE.OPT) {
        if (this.hasEdns || i < answers + authorities || this.bytes[owner] !== 0)
          return 'bad-format'
        outcome = this.#readOpt(at, next)
      }
      at = next
    }
    return outcome
  }

  #readOpt(at: number, next: number): ParseOutcome {
    this.hasEdns = true
    this.udpBytesMax = Math.min(UDP_BYTES_MAX, Math.max(UDP_BYTES_MIN, this.#u16(at + 2)))
    this.isDnssecOk = (this.bytes[at + 6]! & 0x80) !== 0
    const version = this.bytes[at + 5]!
    if (version !== 0) return 'bad-version'
    return this.#readOptions(at + OPT_FIXED_BYTES - 1, next) ? 'ok' : 'bad-format'
  }

  /**
   * Options are code, length, data; the lengths must fill RDATA exactly (RFC 6891 section 6.1.2). Of several cookies the first
   * counts (RFC 7873 section 5.2).
   */
  #readOptions(from: number, to: number): boolean {
    let at = from
    while (at + 4 <= to) {
      const code = this.#u16(at)
      const length = this.#u16(at + 2)
      if (code === COOKIE_OPTION && this.cookieBytes === 0) {
        if (!isCookieLength(length)) return false
        this.cookieStart = at + 4
        this.cookieBytes = length
      } else if (code === OPTION.PADDING) this.hasPadding = true
      else if (code === OPTION.TCP_KEEPALIVE && length > this.keepaliveBytes)
        this.keepaliveBytes = length
      else if (code === OPTION.LOOP_MARK && length % MARK_BYTES === 0) {
        this.marksStart = at + 4
        this.marksEnd = at + 4 + length
      } else if (code === OPTION.CLIENT_SUBNET) {
        this.subnetStart = at + 4
        this.subnetBytes = length
      } else if (code === OPTION.DEVICE_MAC && length === MAC_BYTES) this.macStart = at + 4
      else if (code === OPTION.SELF_MARK && length === SELF_MARK_BYTES) this.selfMarkStart = at + 4
      at += 4 + length
    }
    return at === to
  }

  #u16(at: number): number {
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!
  }
}
