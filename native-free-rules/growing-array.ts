const FIRST_LENGTH = 1024
/** A quarter more at each growth: at the end at most a fifth of the room is unused, and each word was copied four times. */
const GROWTH = 1.25

/** An append-only array of 32-bit words. */
export class GrowingWords {
  #words: Uint32Array = new Uint32Array(FIRST_LENGTH)
  length = 0

  /** The words so far, with room behind them; another array after the next `push`. */
  get words(): Uint32Array {
    return this.#words
  }

  push(word: number): void {
    if (this.length === this.#words.length) {
      const grown = new Uint32Array(Math.ceil(this.length * GROWTH))
      grown.set(this.#words)
      this.#words = grown
    }
    this.#words[this.length++] = word
  }
}

/** An append-only array of bytes. */
export class GrowingBytes {
  #bytes: Uint8Array = new Uint8Array(FIRST_LENGTH)
  length = 0

  /** The bytes so far, with room behind them; another array after the next `append`. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  /** Appends `size` bytes of `source`; returns where they begin. */
  append(source: Uint8Array, from: number, size: number): number {
    const at = this.length
    if (at + size > this.#bytes.length) {
      const grown = new Uint8Array(Math.ceil((at + size) * GROWTH))
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
    }
    for (let i = 0; i < size; i++) this.#bytes[at + i] = source[from + i]!
    this.length = at + size
    return at
  }
}
