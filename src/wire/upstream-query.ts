import { CLASS, FLAG, HEADER_BYTES, OPT_BYTES, TYPE, UDP_BYTES_MAX } from './constants.ts'
import { lowerCase } from './name.ts'

/** What we ask an upstream: a question of class IN, its name in wire form. */
export interface Question {
  readonly name: Uint8Array
  readonly type: number
  readonly isDnssecOk: boolean
  readonly isCheckingDisabled: boolean
}

/** A query message with RD set and our OPT (RFC 6891); nothing of the client's own message goes upstream. */
export function writeUpstreamQuery(question: Question, id: number): Buffer {
  const { name } = question
  // Every byte is written below: memory that is cleared first costs as much as all the rest.
  const out = Buffer.allocUnsafe(HEADER_BYTES + name.length + 4 + OPT_BYTES)
  out.writeUInt16BE(id, 0)
  out.writeUInt16BE(FLAG.RD | (question.isCheckingDisabled ? FLAG.CD : 0), 2)
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
  out.writeUInt16BE(0, at)
  return out
}

/** Whether a message answers that query: id, QR, opcode and question must all match (RFC 5452 section 9.1). */
export function isAnswerTo(query: Buffer, message: Buffer): boolean {
  if (message.length < HEADER_BYTES) return false
  const questionEnd = query.length - OPT_BYTES
  if (message.length < questionEnd) return false
  if (message[0] !== query[0] || message[1] !== query[1]) return false
  if ((message[2]! & 0xf8) !== 0x80 || message.readUInt16BE(4) !== 1) return false
  for (let i = HEADER_BYTES; i < questionEnd; i++)
    if (lowerCase(message[i]!) !== lowerCase(query[i]!)) return false
  return true
}

export function isTruncated(message: Buffer): boolean {
  return (message.readUInt16BE(2) & FLAG.TC) !== 0
}
