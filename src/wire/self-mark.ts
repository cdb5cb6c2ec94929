/**
 * The mark by which the box knows questions of its own self-test over a socket: an EDNS option of the range for local use (RFC 6891 section 9) with random
 * bytes, which never leave the machine. What carries it is answered like any other, and counted and recorded nowhere.
 */
import { OPTION } from './constants.ts'

/** As long as nobody guesses. */
export const SELF_MARK_BYTES = 16
const OPTION_HEAD_BYTES = 4

/** A query that ends with an OPT without options, as `writeUpstreamQuery` makes it, with the mark in it. */
export function withSelfMark(query: Buffer, mark: Uint8Array): Buffer {
  const out = Buffer.alloc(query.length + OPTION_HEAD_BYTES + mark.length)
  query.copy(out)
  out.writeUInt16BE(OPTION_HEAD_BYTES + mark.length, query.length - 2)
  out.writeUInt16BE(OPTION.SELF_MARK, query.length)
  out.writeUInt16BE(mark.length, query.length + 2)
  out.set(mark, query.length + OPTION_HEAD_BYTES)
  return out
}

/** Whether the bytes from `start` on are the mark; 0: there is none. */
export function isSelfMark(bytes: Uint8Array, start: number, mark: Uint8Array): boolean {
  return start > 0 && mark.every((byte, i) => bytes[start + i] === byte)
}
