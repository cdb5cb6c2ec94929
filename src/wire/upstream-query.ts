import { questionEnd } from './answer-records.ts'
import { CLASS, FLAG, HEADER_BYTES, OPT_BYTES, OPTION, TYPE, UDP_BYTES_MAX } from './constants.ts'
import { lowerCase } from './name.ts'

/** What we ask an upstream: a question of class IN, its name in wire form. */
export interface Question {
  readonly name: Uint8Array
  readonly type: number
  readonly isDnssecOk: boolean
  readonly isCheckingDisabled: boolean
  /** Marks of the forwarders that it has come through: see `loop-mark.ts`. */
  readonly marks?: Uint8Array | undefined
}

/** What is said to some upstreams and not to others. */
export interface QueryExtras {
  /** Sets AD: whether the answer is secure is of use to us (RFC 6840 section 5.7). */
  readonly asksForAd?: boolean
  /** The content of a LOOP_MARK option; none where empty or absent. */
  readonly marks?: Uint8Array | undefined
  /** Pads the message to blocks of PADDING_BLOCK_BYTES (RFC 8467 section 4.1): for encrypted transports. */
  readonly isPadded?: boolean
}

const PADDING_BLOCK_BYTES = 128
const OPTION_HEAD_BYTES = 4
const NO_EXTRAS: QueryExtras = {}

/** A query message with RD set and our OPT (RFC 6891); nothing of the client's own message goes upstream. */
export function writeUpstreamQuery(
  question: Question,
  id: number,
  extras: QueryExtras = NO_EXTRAS,
): Buffer {
  const { name } = question
  const { asksForAd = false, isPadded = false, marks } = extras
  const markBytes = marks && marks.length > 0 ? OPTION_HEAD_BYTES + marks.length : 0
  const plainBytes = HEADER_BYTES + name.length + 4 + OPT_BYTES + markBytes
  const paddingBytes = isPadded ? paddingOf(plainBytes) : 0
  // Every byte but those of the padding is written below: memory that is cleared first costs as much as all the rest.
  const out = isPadded
    ? Buffer.alloc(plainBytes + paddingBytes)
    : Buffer.allocUnsafe(plainBytes + paddingBytes)
  const cdBit = question.isCheckingDisabled ? FLAG.CD : 0
  out.writeUInt16BE(id, 0)
  out.writeUInt16BE(FLAG.RD | cdBit | (asksForAd ? FLAG.AD : 0), 2)
  out.writeUInt16BE(1, 4)
  out.writeUInt32BE(0, 6)
  out.writeUInt16BE(1, 10)
  out.set(name, HEADER_BYTES)
  let at = out.writeUInt16BE(question.type, HEADER_BYTES + name.length)
  at = out.writeUInt16BE(CLASS.IN, at)
  at = out.writeUInt8(0, at)
  at = out.writeUInt16BE(TYPE.OPT, at)
  at = out.writeUInt16BE(UDP_BYTES_MAX, at)
  at = out.writeUInt16BE(0, at)
  at = out.writeUInt16BE(question.isDnssecOk ? 0x8000 : 0, at)
  at = out.writeUInt16BE(markBytes + paddingBytes, at)
  if (marks && markBytes > 0) at = writeOption(out, at, OPTION.LOOP_MARK, marks)
  if (paddingBytes > 0)
    writeOption(out, at, OPTION.PADDING, out.subarray(at + OPTION_HEAD_BYTES, out.length))
  return out
}

/** Whether a message answers that query: id, QR, opcode and question must all match (RFC 5452 section 9.1). */
export function isAnswerTo(query: Buffer, message: Buffer): boolean {
  if (message.length < HEADER_BYTES) return false
  const end = questionEnd(query)
  if (message.length < end) return false
  if (message[0] !== query[0] || message[1] !== query[1]) return false
  if ((message[2]! & 0xf8) !== 0x80 || message.readUInt16BE(4) !== 1) return false
  for (let i = HEADER_BYTES; i < end; i++)
    if (lowerCase(message[i]!) !== lowerCase(query[i]!)) return false
  return true
}

/** Whether an answer over UDP is to be had over TCP alone: it says so, or is longer than was asked for, so that it may have come in fragments. */
export function isCutShort(message: Buffer): boolean {
  return (message.readUInt16BE(2) & FLAG.TC) !== 0 || message.length > UDP_BYTES_MAX
}

/** Bytes of a padding option, its head included, that fill the last block. */
function paddingOf(plainBytes: number): number {
  const withHead = plainBytes + OPTION_HEAD_BYTES
  const rest = withHead % PADDING_BLOCK_BYTES
  return OPTION_HEAD_BYTES + (rest === 0 ? 0 : PADDING_BLOCK_BYTES - rest)
}

function writeOption(out: Buffer, start: number, code: number, content: Uint8Array): number {
  const at = out.writeUInt16BE(content.length, out.writeUInt16BE(code, start))
  out.set(content, at)
  return at + content.length
}
