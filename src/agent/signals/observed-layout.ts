/**
 * Every lookup on its way to the signal worker: a ring in shared memory, written by one thread that answers and read by one. Words of
 * 32 bits; a record never goes round the end of the ring.
 *
 *   [head] [counts, doubles] [ring]
 *   lookup   words:8 nameBytes:8 category:8 kind:2 verdict:2 trial:1 | slot:16 type:16 | time | name
 *   client   words:8 keyBytes:8 groupBytes:8 kind:2          | slot:16         | key and group
 *   rest     kind:2: the ring goes on at its beginning
 */
import { CATEGORY_IDS, type CategoryId } from '#rules/category-ids.ts'

/** Words of the head. Positions count words and only ever grow, modulo 2^32. */
export const HEAD = {
  written: 0,
  read: 1,
  /** Rises with each reader: who is told of no client yet must be told again. */
  reader: 2,
  /** Nobody reads while it is 0, and nothing is written. */
  isOn: 3,
  /** The most in a second: of names that nothing is wrong with, of those that are watched, and of either by one client. */
  othersPerSecond: 4,
  watchedPerSecond: 5,
  perClient: 6,
} as const
const HEAD_BYTES = 32

/** Places of the counts, each written by the writer alone. */
export const COUNT = { told: 0, overRate: 1, noRoom: 2, watchedLost: 3 } as const
const COUNT_BYTES = 4 * 8

export const RING_WORDS: number = 1 << 17
/** Names that nothing is wrong with leave so many words to those that are watched. */
export const RESERVED_WORDS: number = RING_WORDS / 4
export const OBSERVED_BYTES: number = HEAD_BYTES + COUNT_BYTES + RING_WORDS * 4

export const KIND = { lookup: 0, client: 1, rest: 2 } as const
/** In the first word of a lookup: it was a trial of the filter. */
export const TRIAL_BIT: number = 1 << 28
export const LOOKUP_WORDS = 3
export const CLIENT_WORDS = 2
/** Clients that a writer knows at a time. */
export const SLOTS: number = 1 << 14

export const VERDICTS = ['allowed', 'monitored', 'blocked'] as const
export type ObservedVerdict = (typeof VERDICTS)[number]
export const VERDICT = { allowed: 0, monitored: 1, blocked: 2 } as const

const codes: ReadonlyMap<string, number> = new Map(CATEGORY_IDS.map((id, i) => [id, i + 1]))

/** A category's number; 0: none. */
export function categoryCode(id: CategoryId | undefined): number {
  return id === undefined ? 0 : (codes.get(id) ?? 0)
}

export function categoryOfCode(code: number): CategoryId | undefined {
  return code === 0 ? undefined : CATEGORY_IDS[code - 1]
}

/** The parts of the shared memory. */
export interface ObservedMemory {
  readonly head: Int32Array
  readonly counts: Float64Array
  readonly words: Int32Array
  readonly bytes: Uint8Array
}

export function observedMemory(memory: SharedArrayBuffer): ObservedMemory {
  const start = HEAD_BYTES + COUNT_BYTES
  return {
    head: new Int32Array(memory, 0, HEAD_BYTES / 4),
    counts: new Float64Array(memory, HEAD_BYTES, COUNT_BYTES / 8),
    words: new Int32Array(memory, start, RING_WORDS),
    bytes: new Uint8Array(memory, start, RING_WORDS * 4),
  }
}
