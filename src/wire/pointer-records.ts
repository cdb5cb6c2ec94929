import { CLASS, FLAG, HEADER_BYTES, NAME_BYTES_MAX, TYPE } from './constants.ts'
import { lengthOf, readName, skipName } from './name.ts'

/** Records of a message that are looked at, and names that are given of it. */
const RECORDS_MAX = 32
const NAMES_MAX = 4
const QUESTIONS_MAX = 4
const RECORD_HEAD_BYTES = 10
const RCODE_MASK = 0xf
/** The top bit of a class in multicast DNS (RFC 6762 sections 5.4 and 10.2). */
const MULTICAST_BIT = 0x8000

const owner = new Uint8Array(NAME_BYTES_MAX)
const target = new Uint8Array(NAME_BYTES_MAX)

/**
 * The names to which the PTR records of an answer lead, wire form, lower-cased; `of`: only records of that name. None of what is no
 * sound answer. Never throws; bytes are hostile.
 */
export function pointerNames(message: Uint8Array, of?: Uint8Array): readonly Uint8Array[] {
  if (message.length < HEADER_BYTES) return []
  const flags = u16(message, 2)
  if ((flags & FLAG.QR) === 0 || (flags & RCODE_MASK) !== 0) return []
  const questions = u16(message, 4)
  const answers = Math.min(u16(message, 6), RECORDS_MAX)
  if (questions > QUESTIONS_MAX) return []
  let at = HEADER_BYTES
  for (let i = 0; i < questions && at > 0; i++) {
    const end = skipName(message, at, message.length)
    at = end < 0 ? -1 : end + 4
  }
  const names: Uint8Array[] = []
  for (let i = 0; i < answers && at > 0 && names.length < NAMES_MAX; i++)
    at = readRecord(message, at, of, names)
  return names
}

/** Where the next record begins, or -1. */
function readRecord(
  message: Uint8Array,
  start: number,
  of: Uint8Array | undefined,
  names: Uint8Array[],
): number {
  const at = readName(message, start, message.length, owner, 0)
  if (at < 0 || at + RECORD_HEAD_BYTES > message.length) return -1
  const dataStart = at + RECORD_HEAD_BYTES
  const next = dataStart + u16(message, at + 8)
  if (next > message.length) return -1
  const isPointer =
    u16(message, at) === TYPE.PTR && (u16(message, at + 2) & ~MULTICAST_BIT) === CLASS.IN
  if (!isPointer || (of && !isSame(of, owner))) return next
  if (readName(message, dataStart, next, target, 0) !== next) return -1
  names.push(target.slice(0, lengthOf(target, 0)))
  return next
}

function isSame(name: Uint8Array, other: Uint8Array): boolean {
  if (lengthOf(other, 0) !== name.length) return false
  return name.every((byte, i) => byte === other[i])
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
