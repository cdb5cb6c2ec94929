/**
 * Some things for each key, mostly one: that one stands by itself, for a set around each would be most of the memory. In the order
 * in which they were added.
 */
export class Several<K, V extends object | string> {
  readonly #one = new Map<K, V>()
  readonly #more = new Map<K, Set<V>>()

  of(key: K): readonly V[] {
    const more = this.#more.get(key)
    if (more) return [...more]
    const one = this.#one.get(key)
    return one === undefined ? [] : [one]
  }

  /** Puts it last, also where it is there already. A router may have thousands, so it does not look through the others. */
  add(key: K, value: V): void {
    const more = this.#more.get(key)
    const one = this.#one.get(key)
    if (more) {
      more.delete(value)
      more.add(value)
    } else if (one === undefined || one === value) this.#one.set(key, value)
    else {
      this.#one.delete(key)
      this.#more.set(key, new Set([one, value]))
    }
  }

  delete(key: K, value: V): void {
    const more = this.#more.get(key)
    if (!more) {
      if (this.#one.get(key) === value) this.#one.delete(key)
      return
    }
    more.delete(value)
    if (more.size > 1) return
    this.#more.delete(key)
    for (const left of more) this.#one.set(key, left)
  }
}
