import { ADDED_BYTES_MAX, addOptions } from '#wire/answer-options.ts'
import { UDP_BYTES_MAX } from '#wire/constants.ts'
import { storedAnswerBytes, writeStoredAnswer, writeTruncated } from '#wire/stored-answer.ts'
import type { Answer, Query } from '../query.ts'

export const TCP_BYTES_MAX = 65_535
const scratch = Buffer.alloc(UDP_BYTES_MAX)
const NOTHING = Buffer.alloc(0)

/**
 * The message to send, no longer than `bytesMax`; too long becomes "ask by TCP". Empty when nothing is to be sent. The
 * bytes are good until the next call: they must be sent or copied at once.
 */
export function writeAnswer(query: Query, answer: Answer, bytesMax: number): Buffer {
  const { entry } = answer
  if (answer.kind === 'none' || answer.kind === 'pending') return NOTHING
  if (answer.kind === 'written' && answer.length <= bytesMax)
    return answer.bytes.subarray(0, answer.length)
  const needed = entry ? storedAnswerBytes(entry.stored) : 0
  const out = needed <= scratch.length ? scratch : Buffer.alloc(needed)
  return out.subarray(0, writeAnswerInto(query, answer, bytesMax, out))
}

/**
 * The message to send over a connection, in memory of its own behind `headBytes` of room: padded where the client pads and nobody else
 * can read it (RFC 8467 section 4), with the keepalive given. Nothing but the room when nothing is to be sent.
 */
export function copyAnswer(query: Query, headBytes: number, keepalive?: number): Buffer {
  const { view, transport } = query
  const message = writeAnswer(query, query.answer, TCP_BYTES_MAX)
  const isPadded = view.hasPadding && (transport === 'dot' || transport === 'doh')
  const hasOptions = message.length > 0 && (isPadded || keepalive !== undefined)
  const out = Buffer.alloc(headBytes + message.length + (hasOptions ? ADDED_BYTES_MAX : 0))
  message.copy(out, headBytes)
  if (!hasOptions) return out
  const body = out.subarray(headBytes)
  const length = addOptions(body, message.length, { keepalive, isPadded }, TCP_BYTES_MAX)
  return out.subarray(0, headBytes + length)
}

/**
 * As `writeAnswer`, into `out`, which holds `bytesMax` bytes and what an OPT may add to them; returns the length. An answer that was
 * written there already stays where it is.
 */
export function writeAnswerInto(
  query: Query,
  answer: Answer,
  bytesMax: number,
  out: Buffer,
): number {
  const { entry, kind, length, bytes } = answer
  if (kind === 'none' || kind === 'pending') return 0
  if (kind === 'written' || !entry) {
    if (length > bytesMax) return writeTruncated(query.view, 0, out)
    if (bytes !== out) bytes.copy(out, 0, 0, length)
    return length
  }
  const written = writeStoredAnswer(query.view, entry.stored, answer.age, bytesMax, out)
  return written > 0 ? written : writeTruncated(query.view, entry.stored.rcode, out)
}
