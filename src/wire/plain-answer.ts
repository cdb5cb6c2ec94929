import { questionEnd } from './answer-records.ts'
import { HEADER_BYTES } from './constants.ts'

/** A compressed name that points at the question's (RFC 1035 section 4.1.4). */
const POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES
const DATA_LENGTH_AT = 10
const RECORD_BYTES = 12

/**
 * Whether a message that was found sound holds nothing but records of the very name and type asked for, as most do: then there is nothing
 * to leave out of it. False for some of which that is true as well (names that are written out).
 */
export function isPlainAnswer(wire: Buffer): boolean {
  if (wire.readUInt32BE(8) !== 0) return false
  let at = questionEnd(wire)
  const type = wire.readUInt16BE(at - 4)
  for (let left = wire.readUInt16BE(6); left > 0; left--) {
    if (wire.readUInt16BE(at) !== POINTER_TO_QUESTION || wire.readUInt16BE(at + 2) !== type)
      return false
    at += RECORD_BYTES + wire.readUInt16BE(at + DATA_LENGTH_AT)
  }
  return true
}
