/** What is known until a monotonic time. */
export interface Expiring {
  readonly expiresMs: number
}

/**
 * What is known for a time, at most so much of it: what was told longest ago makes room, and is counted. The caller says what time it
 * is.
 */
export class ExpiringMap<K, V extends Expiring> {
  readonly #values = new Map<K, V>()
  readonly #max: number
  /** What was forgotten before its time because there was too much. */
  crowdedOut = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#values.size
  }

  /** Undefined where nothing is known any more. */
  get(key: K, nowMs: number): V | undefined {
    const value = this.#values.get(key)
    return value && value.expiresMs > nowMs ? value : undefined
  }

  /** Answers what made room, if anything did. */
  set(key: K, value: V): readonly [K, V] | undefined {
    // Told again, it is the last to make room.
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size <= this.#max) return undefined
    const [first] = this.#values
    if (!first) return undefined
    this.#values.delete(first[0])
    this.crowdedOut++
    return first
  }

  delete(key: K): V | undefined {
    const known = this.#values.get(key)
    this.#values.delete(key)
    return known
  }

  /** Forgets what is over, telling of each. */
  expire(nowMs: number, gone: (value: V, key: K) => void): void {
    for (const [key, value] of this.#values) {
      if (value.expiresMs > nowMs) continue
      this.#values.delete(key)
      gone(value, key)
    }
  }

  /** Of what is not over. */
  *values(nowMs: number): Generator<V> {
    for (const value of this.#values.values()) if (value.expiresMs > nowMs) yield value
  }

  *entries(nowMs: number): Generator<readonly [K, V]> {
    for (const entry of this.#values) if (entry[1].expiresMs > nowMs) yield entry
  }
}
