/** The window of the sample that is being gathered, aligned to the wall clock, which may jump. */
export class SampleWindow {
  readonly #lengthMs: number
  #from: number

  constructor(lengthMs: number, startedAt: number) {
    this.#lengthMs = lengthMs
    this.#from = startedAt
  }

  /** The time at which the window should have ended, once it has; undefined before. */
  boundary(now: number): number | undefined {
    const begun = this.#numberOf(now)
    const of = this.#numberOf(this.#from)
    if (begun === of) return undefined
    // One window on, the boundary is exact; after a jump of the clock there is none, and now must do.
    return begun === of + 1 ? begun * this.#lengthMs : now
  }

  /** Ends the window at a time and begins the next there; answers when the ended one began. */
  take(to: number): number {
    const from = this.#from
    this.#from = to
    return Math.min(from, to)
  }

  #numberOf(at: number): number {
    return Math.floor(at / this.#lengthMs)
  }
}
