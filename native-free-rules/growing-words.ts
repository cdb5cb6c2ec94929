const FIRST_WORDS = 1024
/** Room that nothing was written to costs no memory, so it may be ample. */
const GROWTH = 1.5

/**
 * Words of shared memory that grow where they are: address space is reserved for the most there can be, the system gives a page
 * when it is first written to, and nothing is ever copied.
 */
export class GrowingWords {
  readonly #bytes: SharedArrayBuffer
  /** A view of fixed length: one that follows the buffer's growth is ten times slower to index. */
  #words: Uint32Array<SharedArrayBuffer>

  constructor(wordsMax: number) {
    const byteLength = Math.min(FIRST_WORDS, wordsMax) * 4
    this.#bytes = new SharedArrayBuffer(byteLength, { maxByteLength: wordsMax * 4 })
    this.#words = new Uint32Array(this.#bytes, 0, byteLength / 4)
  }

  /** The words, with room behind those that are used; another view after `reserve` has grown them. New ones are zero. */
  get words(): Uint32Array<SharedArrayBuffer> {
    return this.#words
  }

  /** Sees to it that there are `count` words. Throws a RangeError beyond the most that were asked for. */
  reserve(count: number): void {
    if (count <= this.#words.length) return
    const most = this.#bytes.maxByteLength
    this.#bytes.grow(Math.max(count * 4, Math.min(most, Math.ceil((count * GROWTH) / 1024) * 4096)))
    this.#words = new Uint32Array(this.#bytes, 0, this.#bytes.byteLength / 4)
  }

  /** The first `count` words, as they will stay. */
  first(count: number): Uint32Array<SharedArrayBuffer> {
    return new Uint32Array(this.#bytes, 0, count)
  }
}
