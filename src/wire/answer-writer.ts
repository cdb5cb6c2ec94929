import { CLASS, FLAG, HEADER_BYTES, OPT_BYTES, TYPE, UDP_BYTES_MAX } from './constants.ts'
import { put16, put32 } from './put.ts'
import type { QueryView } from './query-view.ts'
import { COOKIE_OPTION, WHOLE_COOKIE_BYTES } from './server-cookie.ts'

/** Bytes that any answer written here fits in: header, question, one SOA or four addresses, OPT with a short text. */
export const LOCAL_ANSWER_BYTES_MAX = 1024
/** The EDNS option of extended errors (RFC 8914). */
export const EDE_OPTION = 15
const EDE_TEXT_BYTES_MAX = 120
/** Code and length of an option. */
const OPTION_HEAD_BYTES = 4
/** Names the owner of a record that stands at the question: a compression pointer (RFC 1035 section 4.1.4). */
const QUESTION_POINTER = 0xc000 | HEADER_BYTES

export interface ExtendedError {
  /** RFC 8914 info code. */
  readonly code: number
  /** Says nothing of a person. Goes out as printable ASCII, cut to EDE_TEXT_BYTES_MAX. */
  readonly text: string
  /** The EDNS option, made once: an error is said a thousand times. */
  readonly option: Uint8Array
}

/** An extended error, ready to be written. Keep what it returns. */
export function extendedError(code: number, text: string): ExtendedError {
  const shown = text.slice(0, EDE_TEXT_BYTES_MAX).replaceAll(/[^ -~]/g, '?')
  const option = Buffer.alloc(6 + shown.length)
  let at = option.writeUInt16BE(EDE_OPTION, 0)
  at = option.writeUInt16BE(2 + shown.length, at)
  at = option.writeUInt16BE(code, at)
  option.write(shown, at, 'latin1')
  return { code, text, option }
}

/** Records for a local answer; all owned by the name asked. */
export interface LocalRecords {
  readonly type: number
  readonly ttlSeconds: number
  /** RDATA of each record. */
  readonly data: readonly Uint8Array[]
}

export interface LocalAnswer {
  readonly rcode: number
  readonly answers?: LocalRecords
  /** Seconds for which a negative answer may be kept; adds the SOA that says so (RFC 2308 section 5). */
  readonly negativeTtlSeconds?: number
  /** Empty, and to be asked again over TCP (RFC 1035 section 4.1.1). */
  readonly isTruncated?: true
  readonly error?: ExtendedError
}

/**
 * Writes a whole answer to `query` into `out` and returns its length. `out` holds at least LOCAL_ANSWER_BYTES_MAX.
 * OPT goes out only where OPT came in (RFC 6891 section 6.1.1).
 */
export function writeLocalAnswer(query: QueryView, answer: LocalAnswer, out: Buffer): number {
  let at = writeQuestion(query, answer.rcode, out)
  if (answer.isTruncated) out.writeUInt16BE(out.readUInt16BE(2) | FLAG.TC, 2)
  if (answer.answers) at = writeRecords(answer.answers, out, at)
  if (answer.negativeTtlSeconds !== undefined)
    at = writeNegativeSoa(query, answer.negativeTtlSeconds, out, at)
  if (query.hasEdns) at = writeOpt(query, answer.rcode, answer.error, out, at)
  return at
}

/** Writes header and question, every other count zero. Echoes the question byte for byte, case included. */
export function writeQuestion(query: QueryView, rcode: number, out: Buffer): number {
  const hasQuestion = query.questionEnd > 0
  const kept = query.flags & (0x7800 | FLAG.RD | FLAG.CD)
  put16(out, query.id, 0)
  put16(out, FLAG.QR | FLAG.RA | kept | (rcode & 0xf), 2)
  put16(out, hasQuestion ? 1 : 0, 4)
  for (let at = 6; at < HEADER_BYTES; at++) out[at] = 0
  return hasQuestion ? copyQuestion(query, out) : HEADER_BYTES
}

/** Copies the question as the client has spelt it behind the header; returns where it ends. */
export function copyQuestion(
  { bytes, questionStart, questionEnd }: QueryView,
  out: Buffer,
): number {
  const length = questionEnd - questionStart
  for (let i = 0; i < length; i++) out[HEADER_BYTES + i] = bytes[questionStart + i]!
  return HEADER_BYTES + length
}

/** Bytes of the OPT that `writeOpt` writes for that query: none where it came with none. */
export function optBytes(query: QueryView, error: ExtendedError | undefined): number {
  if (!query.hasEdns) return 0
  const cookie = query.hasAnswerCookie ? OPTION_HEAD_BYTES + WHOLE_COOKIE_BYTES : 0
  return OPT_BYTES + cookie + (error?.option.length ?? 0)
}

/** Appends our OPT and counts it. The upper bits of an extended rcode travel in it (RFC 6891 section 6.1.3). */
export function writeOpt(
  query: QueryView,
  rcode: number,
  error: ExtendedError | undefined,
  out: Buffer,
  start: number,
): number {
  let at = start
  out[at++] = 0
  at = put16(out, TYPE.OPT, at)
  at = put16(out, UDP_BYTES_MAX, at)
  out[at++] = rcode >> 4
  out[at++] = 0
  at = put16(out, query.isDnssecOk ? 0x8000 : 0, at)
  const lengthAt = at
  at += 2
  if (query.hasAnswerCookie) {
    at = put16(out, COOKIE_OPTION, at)
    at = put16(out, WHOLE_COOKIE_BYTES, at)
    out.set(query.answerCookie, at)
    at += WHOLE_COOKIE_BYTES
  }
  if (error) {
    out.set(error.option, at)
    at += error.option.length
  }
  put16(out, at - lengthAt - 2, lengthAt)
  put16(out, ((out[10]! << 8) | out[11]!) + 1, 10)
  return at
}

function writeRecords(records: LocalRecords, out: Buffer, start: number): number {
  let at = start
  for (const data of records.data) {
    at = writeRecordHead(records.type, records.ttlSeconds, data.length, out, at)
    out.set(data, at)
    at += data.length
  }
  put16(out, records.data.length, 6)
  return at
}

/** An SOA owned by the name asked, saying for how long "no" holds; its own names are the root. */
function writeNegativeSoa(
  query: QueryView,
  ttlSeconds: number,
  out: Buffer,
  start: number,
): number {
  if (query.questionEnd === 0) return start
  const rootNames = 2
  let at = writeRecordHead(TYPE.SOA, ttlSeconds, rootNames + 20, out, start)
  at = put16(out, 0, at)
  for (const value of [1, 3600, 600, 86_400, ttlSeconds]) at = put32(out, value, at)
  put16(out, 1, 8)
  return at
}

function writeRecordHead(
  type: number,
  ttlSeconds: number,
  dataLength: number,
  out: Buffer,
  start: number,
): number {
  let at = put16(out, QUESTION_POINTER, start)
  at = put16(out, type, at)
  at = put16(out, CLASS.IN, at)
  at = put32(out, ttlSeconds, at)
  return put16(out, dataLength, at)
}
