/** Holds what comes before its taker is ready; answering queries does not wait for a disk. */
export class EarlyQueue<T> {
  readonly #waitingMax: number
  #waiting: T[] = []
  #take: ((value: T) => void) | undefined
  /** Values that came when the queue was full. */
  dropped = 0

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  readonly push = (value: T): void => {
    if (this.#take) this.#take(value)
    else if (this.#waiting.length < this.#waitingMax) this.#waiting.push(value)
    else this.dropped++
  }

  /** From now on values go straight to `take`; those that waited go first, in their order. */
  open(take: (value: T) => void): void {
    this.#take = take
    const waiting = this.#waiting
    this.#waiting = []
    for (const value of waiting) take(value)
  }
}
