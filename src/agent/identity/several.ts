/**
 * Some things for each key, mostly one: that one stands by itself, for a set around each would be most of the memory. In the order
 * in which they were added.
 */
export class Several<K, V extends object | string> {
  readonly #one = new Map<K, V>()
  readonly #more = new Map<K, readonly V[]>()

  of(key: K): readonly V[] {
    const more = this.#more.get(key)
    if (more) return more
    const one = this.#one.get(key)
    return one === undefined ? [] : [one]
  }

  /** Puts it last, also where it is there already. */
  add(key: K, value: V): void {
    const others = this.of(key).filter((one) => one !== value)
    this.#keep(key, [...others, value])
  }

  delete(key: K, value: V): void {
    this.#keep(
      key,
      this.of(key).filter((one) => one !== value),
    )
  }

  #keep(key: K, values: readonly V[]): void {
    const [one] = values
    if (values.length > 1) {
      this.#one.delete(key)
      this.#more.set(key, values)
      return
    }
    this.#more.delete(key)
    if (one === undefined) this.#one.delete(key)
    else this.#one.set(key, one)
  }
}
