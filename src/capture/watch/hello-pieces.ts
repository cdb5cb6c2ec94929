import { type ClientHello, readClientHello } from '../parse/client-hello.ts'
import type { CryptoPiece, QuicInitial } from '../parse/quic-initial.ts'

export const HELLO_LIMITS = {
  /** Hellos that wait for a second packet: the oldest gives way. */
  waiting: 64,
  waitMs: 3000,
  bytes: 8192,
  pieces: 128,
} as const

interface Waiting {
  readonly pieces: CryptoPiece[]
  readonly atMs: number
}

/**
 * Puts the pieces of QUIC hellos together; one with a key that resists quantum computers takes two packets. The answer is a hello whose
 * beginning is here: with a name, or as much as there will be.
 */
export function makeHelloPieces(): (
  initial: QuicInitial,
  nowMs: number,
) => ClientHello | undefined {
  const waiting = new Map<string, Waiting>()
  return (initial, nowMs) => {
    const before = waiting.get(initial.connection)
    const isOld = before !== undefined && nowMs - before.atMs > HELLO_LIMITS.waitMs
    const pieces = [...(before && !isOld ? before.pieces : []), ...initial.pieces]
    waiting.delete(initial.connection)
    if (pieces.length === 0 || pieces.length > HELLO_LIMITS.pieces) return undefined
    const begun = beginning(pieces)
    const hello = readClientHello(begun, 0, begun.length)
    if (hello && (hello.name !== undefined || hello.isWhole)) return hello
    if (before && !isOld) return hello
    if (waiting.size >= HELLO_LIMITS.waiting) dropFirst(waiting)
    waiting.set(initial.connection, { pieces, atMs: nowMs })
    return undefined
  }
}

/** The bytes from the first on, as far as they follow each other. */
function beginning(pieces: readonly CryptoPiece[]): Uint8Array {
  const whole = new Uint8Array(HELLO_LIMITS.bytes)
  let end = 0
  for (const { offset, bytes } of pieces.toSorted((a, b) => a.offset - b.offset)) {
    if (offset > end) break
    const room = HELLO_LIMITS.bytes - offset
    if (room <= 0) break
    whole.set(bytes.subarray(0, room), offset)
    end = Math.max(end, Math.min(HELLO_LIMITS.bytes, offset + bytes.length))
  }
  return whole.subarray(0, end)
}

function dropFirst(table: Map<string, Waiting>): void {
  for (const key of table.keys()) {
    table.delete(key)
    return
  }
}
