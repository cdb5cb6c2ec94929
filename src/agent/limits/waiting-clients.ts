/** How many queries of each client wait for upstreams, so that none has more than its share of the room. */
export class WaitingClients {
  readonly #waitingMax: number
  /** Holds those that wait, and is bounded as they are. */
  readonly #waiting = new Map<string, number>()

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  /** Whether another query of the client at `address` may wait. */
  hasRoom(address: string): boolean {
    return (this.#waiting.get(address) ?? 0) < this.#waitingMax
  }

  enter(address: string): void {
    this.#waiting.set(address, (this.#waiting.get(address) ?? 0) + 1)
  }

  /** Once for each that entered. */
  leave(address: string): void {
    const left = (this.#waiting.get(address) ?? 1) - 1
    if (left > 0) this.#waiting.set(address, left)
    else this.#waiting.delete(address)
  }
}
