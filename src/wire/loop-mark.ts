/**
 * Marks by which a forwarder knows a question of its own when it comes back, however many others it came through: an EDNS option of the
 * range for local use (RFC 6891 section 9) that each forwarder adds its own random bytes to. They say nothing but "seen before".
 */

/** Of one forwarder; chosen at random each time it starts. */
export const MARK_BYTES = 8
/** A question that has come through so many is taken for one that goes round. */
const MARKS_MAX = 4

/** Said in the extended error of the SERVFAIL that ends a loop, and read by the forwarder that is told so. */
export const LOOP_TEXT = 'the upstreams lead back here'

/** Whether a question that carries these marks has been here, or has come through too many others. */
export function isLooping(marks: Uint8Array | undefined, own: Uint8Array): boolean {
  if (!marks || marks.length === 0) return false
  if (marks.length / MARK_BYTES >= MARKS_MAX) return true
  for (let at = 0; at < marks.length; at += MARK_BYTES)
    if (own.every((byte, i) => marks[at + i] === byte)) return true
  return false
}

/** The marks that go on with a question. */
export function withOwnMark(marks: Uint8Array | undefined, own: Uint8Array): Uint8Array {
  return marks && marks.length > 0 ? Buffer.concat([marks, own]) : own
}
