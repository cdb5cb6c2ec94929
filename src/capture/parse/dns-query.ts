import { word } from './packet.ts'

const HEADER_BYTES = 12
const QUESTIONS_MAX = 4

/** Whether these bytes begin like a question to a name server; over TCP two bytes of length stand before it. The name is not looked at. */
export function isDnsQuery(bytes: Uint8Array, at: number, end: number, isStream: boolean): boolean {
  const from = at + (isStream ? 2 : 0)
  if (from + HEADER_BYTES > end) return false
  if (isStream && word(bytes, at) < HEADER_BYTES) return false
  const flags = word(bytes, from + 2)
  const questions = word(bytes, from + 4)
  // A question (QR 0), opcode query, without an answer.
  return (
    (flags & 0xf800) === 0 &&
    questions >= 1 &&
    questions <= QUESTIONS_MAX &&
    word(bytes, from + 6) === 0
  )
}
