/**
 * The file that the answer cache is kept in over a restart: a head, then one record an answer, the least recently used first, then a
 * SHA-256 over all of it. It guards against rot and cuts, not against forgery: whoever can write there can do worse.
 */
import { createHash } from 'node:crypto'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { HEADER_BYTES, NAME_BYTES_MAX } from '#wire/constants.ts'
import { lengthOf, readName } from '#wire/name.ts'
import { readAnswer, type StoredAnswer } from '#wire/stored-answer.ts'

/** With the version of the format at its end. */
const MAGIC = Buffer.from('EDGE-ANSWERS-1\n', 'latin1')
/** The magic, and when it was written by the wall clock. */
const HEAD_BYTES = MAGIC.length + 8
const SUM_BYTES = 32
/** How old the answer was then, in milliseconds, and how long its message is. */
const RECORD_HEAD_BYTES = 10

/** What of a file is not records. */
export const FRAME_BYTES: number = HEAD_BYTES + SUM_BYTES

/** One answer with its age. */
export interface AgedAnswer {
  readonly ageMs: number
  readonly wire: Buffer
}

/** How many bytes an answer takes. */
export function recordBytes({ wire }: AgedAnswer): number {
  return RECORD_HEAD_BYTES + wire.length
}

export function packAnswers(answers: readonly AgedAnswer[], savedAtWallMs: number): Buffer {
  const size = answers.reduce((sum, answer) => sum + recordBytes(answer), FRAME_BYTES)
  const out = Buffer.alloc(size)
  let at = MAGIC.copy(out)
  at = out.writeDoubleLE(savedAtWallMs, at)
  for (const { ageMs, wire } of answers) {
    at = out.writeDoubleLE(ageMs, at)
    at = out.writeUInt16LE(wire.length, at)
    at += wire.copy(out, at)
  }
  createHash('sha256').update(out.subarray(0, at)).digest().copy(out, at)
  return out
}

export interface AnswerFile {
  readonly savedAtWallMs: number
  readonly answers: readonly AgedAnswer[]
}

/** Reads what `packAnswers` wrote; messages are not looked into yet. Never throws. */
export function unpackAnswers(bytes: Buffer): AnswerFile | Failure<'bad-answer-file'> {
  const end = bytes.length - SUM_BYTES
  if (end < HEAD_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC))
    return bad('it is no file of this version of the program')
  const sum = createHash('sha256').update(bytes.subarray(0, end)).digest()
  if (!sum.equals(bytes.subarray(end))) return bad('its checksum is wrong')
  const answers: AgedAnswer[] = []
  for (let at = HEAD_BYTES; at < end; ) {
    const start = at + RECORD_HEAD_BYTES
    const next = start > end ? end + 1 : start + bytes.readUInt16LE(at + 8)
    if (next > end) return bad('a record is cut off')
    answers.push({ ageMs: bytes.readDoubleLE(at), wire: bytes.subarray(start, next) })
    at = next
  }
  return { savedAtWallMs: bytes.readDoubleLE(MAGIC.length), answers }
}

function bad(detail: string): Failure<'bad-answer-file'> {
  return failure('bad-answer-file', detail)
}

/** The answer in a record, with the cache's key of its question, asked without DO and CD; undefined for what is no answer. */
export function readRecord(
  wire: Buffer,
): { readonly key: string; readonly stored: StoredAnswer } | undefined {
  const stored = readAnswer(wire)
  if (isFailure(stored)) return undefined
  const name = Buffer.alloc(NAME_BYTES_MAX)
  const end = readName(wire, HEADER_BYTES, wire.length, name, 0)
  const type = wire.toString('latin1', end, end + 2)
  return { key: `${name.toString('latin1', 0, lengthOf(name, 0))}${type}\0`, stored }
}
