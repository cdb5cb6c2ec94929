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
  if (answer.kind === 'none') return NOTHING
  if (answer.kind === 'written' || !entry) {
    if (answer.length <= bytesMax) return answer.bytes.subarray(0, answer.length)
    return scratch.subarray(0, writeTruncated(query.view, 0, scratch))
  }
  const needed = storedAnswerBytes(entry.stored)
  const out = needed <= scratch.length ? scratch : Buffer.alloc(needed)
  const length = writeStoredAnswer(query.view, entry.stored, answer.age, bytesMax, out)
  if (length > 0) return out.subarray(0, length)
  return scratch.subarray(0, writeTruncated(query.view, entry.stored.rcode, scratch))
}
