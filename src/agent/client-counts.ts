/** How many of something each client has, so that none has more than its share of the room. */
export class ClientCounts {
  readonly #countMax: number
  /** Holds those that have any, and is bounded as these are. */
  readonly #counts = new Map<string, number>()

  /** `countMax`: of one client. */
  constructor(countMax: number) {
    this.#countMax = countMax
  }

  /** Whether the client at `address` may have another. */
  hasRoom(address: string): boolean {
    return (this.#counts.get(address) ?? 0) < this.#countMax
  }

  enter(address: string): void {
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1)
  }

  /** Once for each that entered. */
  leave(address: string): void {
    const left = (this.#counts.get(address) ?? 1) - 1
    if (left > 0) this.#counts.set(address, left)
    else this.#counts.delete(address)
  }
}
