/** EDNS options of answers that go over a connection, added to a message that is otherwise ready. */
import { HEADER_BYTES, OPTION, TYPE } from './constants.ts'
import { skipName } from './name.ts'
import { put16 } from './put.ts'

const OPTION_HEAD_BYTES = 4
const KEEPALIVE_BYTES = OPTION_HEAD_BYTES + 2
/** From the type of a record to its RDLENGTH. */
const DATA_LENGTH_AT = 8
const RECORD_HEAD_BYTES = 10
/** Answers are padded to whole blocks of this size (RFC 8467 section 4.1). */
const PADDING_BLOCK_BYTES = 468
const TIMEOUT_MAX = 0xffff

export interface AnswerOptions {
  /** For how long the connection may be idle, in units of 100 ms (RFC 7828 section 3.1). */
  readonly keepalive: number | undefined
  readonly isPadded: boolean
}

/** Bytes by which `addOptions` lengthens a message at most. */
export const ADDED_BYTES_MAX: number = KEEPALIVE_BYTES + OPTION_HEAD_BYTES + PADDING_BLOCK_BYTES

/**
 * Adds options to the OPT record that ends the message in the first `length` bytes of `out`, and returns the new length, which is never
 * over `bytesMax`: what does not fit stays out. `out` has room for `bytesMax` or for ADDED_BYTES_MAX more. A message without an OPT stays as it is.
 */
export function addOptions(
  out: Buffer,
  length: number,
  { keepalive, isPadded }: AnswerOptions,
  bytesMax: number,
): number {
  const lengthAt = finalOpt(out, length)
  if (lengthAt < 0) return length
  let end = length
  if (keepalive !== undefined && end + KEEPALIVE_BYTES <= bytesMax) {
    end = put16(out, OPTION.TCP_KEEPALIVE, end)
    end = put16(out, 2, end)
    end = put16(out, Math.min(keepalive, TIMEOUT_MAX), end)
  }
  if (isPadded && end + OPTION_HEAD_BYTES <= bytesMax) {
    const over = (end + OPTION_HEAD_BYTES) % PADDING_BLOCK_BYTES
    const wanted = over === 0 ? 0 : PADDING_BLOCK_BYTES - over
    const padding = Math.min(wanted, bytesMax - end - OPTION_HEAD_BYTES)
    end = put16(out, OPTION.PADDING, end)
    end = put16(out, padding, end)
    out.fill(0, end, end + padding)
    end += padding
  }
  put16(out, out.readUInt16BE(lengthAt) + end - length, lengthAt)
  return end
}

/** Where RDLENGTH of the OPT record stands that is the message's last record; -1 where there is none. */
function finalOpt(message: Buffer, length: number): number {
  if (length < HEADER_BYTES) return -1
  let at = HEADER_BYTES
  for (let i = message.readUInt16BE(4); i > 0; i--) {
    at = skipName(message, at, length) + 4
    if (at < HEADER_BYTES + 4) return -1
  }
  const records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10)
  let last = -1
  for (let i = 0; i < records; i++) {
    at = skipName(message, at, length)
    if (at < 0 || at + RECORD_HEAD_BYTES > length) return -1
    last = at
    at += RECORD_HEAD_BYTES + message.readUInt16BE(at + DATA_LENGTH_AT)
  }
  const isOpt = last >= 0 && at === length && message.readUInt16BE(last) === TYPE.OPT
  return isOpt ? last + DATA_LENGTH_AT : -1
}
