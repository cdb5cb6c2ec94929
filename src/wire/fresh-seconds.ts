import { HEADER_BYTES, isAboutTheName, TYPE } from './constants.ts'
import { skipName } from './name.ts'

const RECORD_HEAD_BYTES = 10
/** SOA data ends in five numbers, the last of which is MINIMUM. */
const MINIMUM_BYTES = 4
const TTL_MAX = 0x7fffffff

/**
 * For how long an answer of ours is fresh: the least TTL of its answer section or, where that is empty, for as long as "no" holds (RFC 8484
 * section 5.1, RFC 2308 section 5). 0 for what says nothing of the name, and for what is cut off. Never throws.
 */
export function freshSeconds(message: Buffer): number {
  if (message.length < HEADER_BYTES || !isAboutTheName(message.readUInt16BE(2) & 0xf)) return 0
  let at = HEADER_BYTES
  for (let i = message.readUInt16BE(4); i > 0; i--) {
    at = skipName(message, at, message.length) + 4
    if (at < HEADER_BYTES + 4) return 0
  }
  const answers = message.readUInt16BE(6)
  const records = answers + message.readUInt16BE(8)
  let least = TTL_MAX
  let isFound = false
  for (let i = 0; i < (answers > 0 ? answers : records); i++) {
    at = skipName(message, at, message.length)
    if (at < 0 || at + RECORD_HEAD_BYTES > message.length) return 0
    const next = at + RECORD_HEAD_BYTES + message.readUInt16BE(at + 8)
    if (next > message.length) return 0
    const isSoa = message.readUInt16BE(at) === TYPE.SOA
    if (i < answers || isSoa) {
      isFound = true
      least = Math.min(least, message.readUInt32BE(at + 4))
      if (i >= answers && next - at > RECORD_HEAD_BYTES + MINIMUM_BYTES)
        least = Math.min(least, message.readUInt32BE(next - MINIMUM_BYTES))
    }
    at = next
  }
  return isFound ? least : 0
}
