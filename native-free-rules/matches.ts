/** More rules than this on one name are counted, and the weakest give way. */
export const MATCHES_MAX = 64

/** The entries that cover a name: made once and reused, so that matching allocates nothing. */
export class Matches {
  readonly entries: Uint16Array = new Uint16Array(MATCHES_MAX)
  readonly #strengths = new Uint8Array(MATCHES_MAX)
  count = 0
  /** Entries left out for want of room since the last `clear`. */
  dropped = 0

  clear(): void {
    this.count = 0
    this.dropped = 0
  }

  /** Takes over what an earlier look-up found. Allocates nothing. */
  fill(entries: Uint16Array): void {
    for (let i = 0; i < entries.length; i++) this.entries[i] = entries[i]!
    this.count = entries.length
    this.dropped = 0
  }

  /** A copy of what was found, to be kept. */
  keep(): Uint16Array {
    return this.entries.slice(0, this.count)
  }

  /**
   * Adds an entry unless one like it stands at `from` or after. When full, the weakest from there on gives way to a stronger one.
   * Allocates nothing.
   */
  add(entry: number, strength: number, from: number): void {
    for (let i = from; i < this.count; i++) if (this.entries[i] === entry) return
    if (this.count < MATCHES_MAX) {
      this.entries[this.count] = entry
      this.#strengths[this.count] = strength
      this.count += 1
      return
    }
    this.dropped += 1
    let weakest = -1
    let least = strength
    for (let i = from; i < MATCHES_MAX; i++) {
      if (this.#strengths[i]! < least) {
        least = this.#strengths[i]!
        weakest = i
      }
    }
    if (weakest < 0) return
    this.entries[weakest] = entry
    this.#strengths[weakest] = strength
  }
}
