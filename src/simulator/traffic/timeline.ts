/**
 * Puts lookups in order of time without holding a day of them: a ring of seconds. What is added lies at most `HORIZON_SECONDS`
 * ahead; whoever adds has told everything of a second before it is taken.
 */
import type { Lookup } from './lookup.ts'

/** The longest that anything is told ahead: a browser's reload of an error page after ten minutes, and a minute of activity. */
export const HORIZON_SECONDS = 1024
const SECOND_MS = 1000

export class Timeline {
  readonly #seconds: Lookup[][] = Array.from({ length: HORIZON_SECONDS }, () => [])
  #nowSecond: number
  #held = 0

  constructor(startMs: number) {
    this.#nowSecond = Math.floor(startMs / SECOND_MS)
  }

  /** How many lookups wait. */
  get held(): number {
    return this.#held
  }

  /** False, and nothing is added, for what lies in the past or too far ahead. */
  add(lookup: Lookup): boolean {
    const second = Math.floor(lookup.atMs / SECOND_MS)
    if (second < this.#nowSecond || second >= this.#nowSecond + HORIZON_SECONDS) return false
    this.#seconds[second % HORIZON_SECONDS]?.push(lookup)
    this.#held++
    return true
  }

  /** Takes the lookups of the next second, oldest first; those of the same millisecond in the order in which they were added. */
  take(): readonly Lookup[] {
    const place = this.#nowSecond % HORIZON_SECONDS
    const taken = this.#seconds[place] ?? []
    this.#nowSecond++
    if (taken.length === 0) return taken
    this.#seconds[place] = []
    this.#held -= taken.length
    return taken.toSorted(byTime)
  }
}

function byTime(a: Lookup, b: Lookup): number {
  return a.atMs - b.atMs
}
