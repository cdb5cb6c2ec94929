/** Messages to upstreams for one question of a client: over all upstreams, transports, retries and hedges together. */
export class Budget {
  readonly #max: number
  #spent: number

  constructor(max: number, spent: number) {
    this.#max = max
    this.#spent = spent
  }

  get spent(): number {
    return this.#spent
  }

  get isSpent(): boolean {
    return this.#spent >= this.#max
  }

  /** Takes one; false where there is none left. */
  take(): boolean {
    if (this.isSpent) return false
    this.#spent += 1
    return true
  }
}
