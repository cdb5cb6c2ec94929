import { HEADER_BYTES } from './constants.ts'
import { skipName } from './name.ts'

/** Where one record of a message lies. */
export interface RecordPlace {
  readonly type: number
  /** Where its owner name starts. */
  readonly start: number
  /** Where its type stands: class, TTL and length follow. */
  readonly headStart: number
  readonly dataStart: number
  readonly end: number
}

const HEAD_BYTES = 10
const QUESTION_TAIL_BYTES = 4

/** Where the question of a message that was found sound ends. */
export function questionEnd(wire: Buffer): number {
  return skipName(wire, HEADER_BYTES, wire.length) + QUESTION_TAIL_BYTES
}

/** The records of all sections of a message that was found sound, in their order; no OPT is left in one. */
export function recordsOf(wire: Buffer): readonly RecordPlace[] {
  const found: RecordPlace[] = []
  const count = wire.readUInt16BE(6) + wire.readUInt16BE(8) + wire.readUInt16BE(10)
  let start = questionEnd(wire)
  while (found.length < count) {
    const headStart = skipName(wire, start, wire.length)
    const dataStart = headStart + HEAD_BYTES
    const end = dataStart + wire.readUInt16BE(headStart + 8)
    found.push({ type: wire.readUInt16BE(headStart), start, headStart, dataStart, end })
    start = end
  }
  return found
}
