const FIRST_BYTES = 4_096

/** Bytes that are gathered for another thread, in one buffer that grows as far as it must. */
export class GrowingBytes {
  bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  get isEmpty(): boolean {
    return this.#length === 0
  }

  /** Makes room for so many more; returns where they begin in `bytes`. */
  reserve(size: number): number {
    const start = this.#length
    this.#length += size
    if (this.#length <= this.bytes.length) return start
    const grown = Buffer.allocUnsafe(this.#length * 2)
    this.bytes.copy(grown, 0, 0, start)
    this.bytes = grown
    return start
  }

  /** What has been gathered since the last time, in memory of its own. */
  take(): Uint8Array {
    const taken = Uint8Array.prototype.slice.call(this.bytes, 0, this.#length)
    this.#length = 0
    return taken
  }
}
