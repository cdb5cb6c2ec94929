import { questionEnd, type RecordPlace } from './answer-records.ts'
import { HEADER_BYTES, NAME_BYTES_MAX } from './constants.ts'
import { lengthOf, readName } from './name.ts'
import { namesIn } from './sound-record.ts'

/** A record of a message that was found sound. */
export interface TakenRecord {
  readonly wire: Buffer
  readonly place: RecordPlace
}

export interface AnswerParts {
  /** Header flags and rcode, and the question, are taken from it. */
  readonly like: Buffer
  readonly answers: readonly TakenRecord[]
  readonly authorities: readonly TakenRecord[]
}

const MESSAGE_BYTES_MAX = 65_535
const POINTER_TARGET_MAX = 0x3fff
const POINTER = 0xc000
const HEAD_BYTES = 10
const name = new Uint8Array(NAME_BYTES_MAX)

/**
 * A message of records from others, whose names are written anew so that no pointer leads astray; data without names goes over
 * byte for byte, signatures too. Undefined where it would be longer than a message can be.
 */
export function composeAnswer({ like, answers, authorities }: AnswerParts): Buffer | undefined {
  const head = Buffer.from(like.subarray(0, questionEnd(like)))
  head.writeUInt16BE(answers.length, 6)
  head.writeUInt16BE(authorities.length, 8)
  head.writeUInt16BE(0, 10)
  const parts: Buffer[] = [head]
  const owners = new Map<string, number>()
  readName(head, HEADER_BYTES, head.length, name, 0)
  owners.set(latin1(name), HEADER_BYTES)
  let length = head.length
  for (const record of [...answers, ...authorities]) {
    const copy = copyRecord(record, length, owners)
    length += copy.length
    if (length > MESSAGE_BYTES_MAX) return undefined
    parts.push(copy)
  }
  return Buffer.concat(parts)
}

/** One record; its owner is a pointer where the same owner was written before. */
function copyRecord({ wire, place }: TakenRecord, at: number, owners: Map<string, number>): Buffer {
  const { start, headStart, dataStart } = place
  readName(wire, start, wire.length, name, 0)
  const key = latin1(name)
  const before = owners.get(key)
  const owner =
    before === undefined ? Buffer.from(name.subarray(0, lengthOf(name, 0))) : pointerTo(before)
  if (before === undefined && at <= POINTER_TARGET_MAX) owners.set(key, at)
  const data = copyData(wire, place)
  const head = Buffer.from(wire.subarray(headStart, dataStart))
  head.writeUInt16BE(data.length, HEAD_BYTES - 2)
  return Buffer.concat([owner, head, data])
}

function copyData(wire: Buffer, { type, dataStart, end }: RecordPlace): Buffer {
  const names = namesIn(type)
  if (!names) return wire.subarray(dataStart, end)
  const parts: Buffer[] = [wire.subarray(dataStart, dataStart + names.at)]
  let at = dataStart + names.at
  for (let i = 0; i < names.count; i++) {
    at = readName(wire, at, end, name, 0)
    parts.push(Buffer.from(name.subarray(0, lengthOf(name, 0))))
  }
  parts.push(wire.subarray(at, end))
  return Buffer.concat(parts)
}

function pointerTo(target: number): Buffer {
  return Buffer.from([(POINTER | target) >> 8, target & 0xff])
}

function latin1(wireName: Uint8Array): string {
  return String.fromCharCode(...wireName.subarray(0, lengthOf(wireName, 0)))
}
