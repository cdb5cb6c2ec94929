import { questionEnd, type RecordPlace, recordsOf } from './answer-records.ts'
import { HEADER_BYTES, NAME_BYTES_MAX, TYPE } from './constants.ts'
import { lengthOf, readName } from './name.ts'
import type { StoredAnswer } from './stored-answer.ts'

const asked = new Uint8Array(NAME_BYTES_MAX)
const owner = new Uint8Array(NAME_BYTES_MAX)

/**
 * Whether an answer to a question with DO shows that the zone of the name asked is signed (RFC 4035 section 3.1): a
 * signature over records of that very name, or, where it has none, over what says so. A chain that leads on into
 * another zone says nothing of this one.
 */
export function isZoneSigned({ wire }: StoredAnswer): boolean {
  const records = recordsOf(wire)
  const answers = wire.readUInt16BE(6)
  const authorities = wire.readUInt16BE(8)
  if (answers === 0) return records.slice(0, authorities).some(isSignature)
  readName(wire, HEADER_BYTES, questionEnd(wire), asked, 0)
  return records.slice(0, answers).some((place) => isSignature(place) && isOfAsked(wire, place))
}

function isSignature({ type }: RecordPlace): boolean {
  return type === TYPE.RRSIG
}

function isOfAsked(wire: Buffer, { start }: RecordPlace): boolean {
  readName(wire, start, wire.length, owner, 0)
  const length = lengthOf(asked, 0)
  return Buffer.compare(asked.subarray(0, length), owner.subarray(0, lengthOf(owner, 0))) === 0
}
