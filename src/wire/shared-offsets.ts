/** Shapes remembered; a thousand cover the answers of a school, and others get an array of their own. */
const SHAPES_MAX = 1_024

/**
 * One array for all answers whose TTLs are at the same places: most have one record behind a question of usual length, and an array of
 * their own for each costs more memory than the answer. The arrays are never changed.
 */
export class SharedOffsets {
  readonly #known = new Map<string, Uint16Array>()

  of(offsets: readonly number[]): Uint16Array {
    const key = offsets.join()
    const known = this.#known.get(key)
    if (known) return known
    const made = Uint16Array.from(offsets)
    if (this.#known.size < SHAPES_MAX) this.#known.set(key, made)
    return made
  }

  get size(): number {
    return this.#known.size
  }
}
