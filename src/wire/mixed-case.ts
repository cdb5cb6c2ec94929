/**
 * Letters of a query's name in a case of chance: an answer repeats the name as it was asked, so each letter is one more bit that
 * a forger has to guess (draft-vixie-dnsext-dns0x20-00).
 */
import { questionEnd } from './answer-records.ts'
import { HEADER_BYTES } from './constants.ts'

const CASE_BIT = 0x20
const WORD_BITS = 16

/** Changes the name in place. `randomWord` gives 16 bits that cannot be guessed. */
export function mixCase(query: Uint8Array, randomWord: () => number): void {
  let bits = 0
  let left = 0
  for (let label = HEADER_BYTES; query[label] !== 0; label += query[label]! + 1) {
    const end = label + query[label]!
    for (let at = label + 1; at <= end; at++) {
      if (!isLetter(query[at]!)) continue
      if (left === 0) {
        bits = randomWord()
        left = WORD_BITS
      }
      if (bits & 1) query[at]! ^= CASE_BIT
      bits >>= 1
      left -= 1
    }
  }
}

/** Whether an answer to a query of ours repeats its name letter by letter. */
export function hasSameCase(query: Buffer, message: Uint8Array): boolean {
  for (let at = HEADER_BYTES, end = questionEnd(query); at < end; at++)
    if (query[at] !== message[at]) return false
  return true
}

function isLetter(byte: number): boolean {
  const lower = byte | CASE_BIT
  return lower >= 0x61 && lower <= 0x7a
}
