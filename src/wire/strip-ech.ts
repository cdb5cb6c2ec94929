import { isFailure } from '#domain/failure.ts'
import { questionEnd, type RecordPlace, recordsOf } from './answer-records.ts'
import { NAME_BYTES_MAX, TYPE } from './constants.ts'
import { lengthOf, readName, skipName } from './name.ts'
import { paramsOf, SERVICE_PARAM, type ServiceParam } from './service-params.ts'
import { namesIn } from './sound-record.ts'
import { readAnswer, type StoredAnswer } from './stored-answer.ts'

/** Bytes of the old message that the new one lacks. */
interface Cut {
  readonly start: number
  readonly end: number
}

/** A message being copied: what was read to, what was written to, and what was left out on the way. */
interface Copy {
  readonly from: Buffer
  readonly to: Buffer
  written: number
  readonly cuts: Cut[]
}

/**
 * The same answer without `ech` parameters (RFC 9460 section 7.2, RFC 9848), every other byte as it was but lengths
 * and compression pointers. Undefined where that cannot be done rightly: a signature covers the records, a record makes
 * `ech` mandatory, or a pointer leads into what is cut out. Never throws.
 */
export function withoutEch(stored: StoredAnswer): StoredAnswer | undefined {
  const { wire } = stored
  const records = recordsOf(wire)
  if (records.some((place) => coversService(wire, place))) return undefined
  const copy: Copy = { from: wire, to: Buffer.alloc(wire.length), written: 0, cuts: [] }
  copyBytes(copy, 0, questionEnd(wire))
  for (const place of records) if (!copyRecord(copy, place)) return undefined
  const stripped = readAnswer(copy.to.subarray(0, copy.written))
  return isFailure(stripped) || stripped.hasEch ? undefined : { ...stripped, error: stored.error }
}

/** A signature over SVCB or HTTPS records would no longer fit them (RFC 4034 section 3.1.1). */
function coversService(wire: Buffer, { type, dataStart, end }: RecordPlace): boolean {
  if (type !== TYPE.RRSIG || end - dataStart < 2) return false
  const covered = wire.readUInt16BE(dataStart)
  return covered === TYPE.SVCB || covered === TYPE.HTTPS
}

function copyRecord(copy: Copy, place: RecordPlace): boolean {
  const { type, start, headStart, dataStart, end } = place
  if (!copyName(copy, start, headStart)) return false
  copyBytes(copy, headStart, dataStart)
  const dataWritten = copy.written
  const names = namesIn(type)
  let at = dataStart
  if (names) {
    copyBytes(copy, at, at + names.at)
    at += names.at
    for (let i = 0; i < names.count; i++) {
      const after = skipName(copy.from, at, end)
      if (!copyName(copy, at, after)) return false
      at = after
    }
  }
  if (type === TYPE.SVCB || type === TYPE.HTTPS) {
    if (!copyParams(copy, at, end)) return false
  } else copyBytes(copy, at, end)
  copy.to.writeUInt16BE(copy.written - dataWritten, dataWritten - 2)
  return true
}

function copyParams(copy: Copy, start: number, end: number): boolean {
  for (const param of paramsOf(copy.from, start, end)) {
    if (param.key === SERVICE_PARAM.mandatory && needsEch(copy.from, param)) return false
    if (param.key === SERVICE_PARAM.ech) copy.cuts.push({ start: param.start, end: param.end })
    else copyBytes(copy, param.start, param.end)
  }
  return true
}

function needsEch(wire: Buffer, { valueStart, end }: ServiceParam): boolean {
  for (let at = valueStart; at + 2 <= end; at += 2)
    if (wire.readUInt16BE(at) === SERVICE_PARAM.ech) return true
  return false
}

const before = new Uint8Array(NAME_BYTES_MAX)
const after = new Uint8Array(NAME_BYTES_MAX)

/** Copies a name, its pointer moved with what it points at; false unless it reads the same afterwards. */
function copyName(copy: Copy, start: number, end: number): boolean {
  const { from, to } = copy
  const writtenAt = copy.written
  copyBytes(copy, start, end)
  const pointerAt = end - 2
  if (pointerAt >= start && isPointer(from, start, pointerAt)) {
    const target = from.readUInt16BE(pointerAt) & 0x3fff
    to.writeUInt16BE(0xc000 | (target - cutBefore(copy, target)), copy.written - 2)
  }
  if (readName(from, start, from.length, before, 0) < 0) return false
  if (readName(to, writtenAt, copy.written, after, 0) < 0) return false
  const length = lengthOf(before, 0)
  return Buffer.compare(before.subarray(0, length), after.subarray(0, length)) === 0
}

/** Whether the labels from `start` end in a pointer at `pointerAt`, and not in a label that only looks like one. */
function isPointer(bytes: Buffer, start: number, pointerAt: number): boolean {
  let at = start
  while (at < pointerAt && bytes[at]! < 0xc0) at += bytes[at]! + 1
  return at === pointerAt && bytes[at]! >= 0xc0
}

function cutBefore({ cuts }: Copy, position: number): number {
  return cuts.reduce((sum, { start, end }) => (end <= position ? sum + end - start : sum), 0)
}

function copyBytes(copy: Copy, start: number, end: number): void {
  copy.written += copy.from.copy(copy.to, copy.written, start, end)
}
