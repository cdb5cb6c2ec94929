/** No slot before the first, and none after the last. */
const NONE = -1

/** Gives each client a number, of a fixed many; when they are out, the one that has been silent longest loses its own. */
export class ClientSlots {
  readonly #slots = new Map<string, number>()
  readonly #keys: (string | undefined)[]
  /** Neighbours by the time of the last lookup. */
  readonly #older: Int32Array
  readonly #newer: Int32Array
  readonly #onEvicted: (slot: number) => void
  #oldest = NONE
  #newest = NONE
  #evicted = 0

  /** `onEvicted` hears of a slot before it is another's. */
  constructor(clientsMax: number, onEvicted: (slot: number) => void) {
    this.#keys = Array.from({ length: clientsMax })
    this.#older = new Int32Array(clientsMax).fill(NONE)
    this.#newer = new Int32Array(clientsMax).fill(NONE)
    this.#onEvicted = onEvicted
  }

  get size(): number {
    return this.#slots.size
  }

  get evicted(): number {
    return this.#evicted
  }

  /** The slot of a client that has just asked. */
  slotOf(key: string): number {
    const known = this.#slots.get(key)
    if (known !== undefined) {
      if (known !== this.#newest) {
        this.#unlink(known)
        this.#append(known)
      }
      return known
    }
    const slot = this.#slots.size < this.#keys.length ? this.#slots.size : this.#evict()
    this.#slots.set(key, slot)
    this.#keys[slot] = key
    this.#append(slot)
    return slot
  }

  #evict(): number {
    const slot = this.#oldest
    this.#onEvicted(slot)
    this.#unlink(slot)
    const key = this.#keys[slot]
    if (key !== undefined) this.#slots.delete(key)
    this.#evicted++
    return slot
  }

  #unlink(slot: number): void {
    const older = this.#older[slot] ?? NONE
    const newer = this.#newer[slot] ?? NONE
    if (older === NONE) this.#oldest = newer
    else this.#newer[older] = newer
    if (newer === NONE) this.#newest = older
    else this.#older[newer] = older
  }

  #append(slot: number): void {
    this.#older[slot] = this.#newest
    this.#newer[slot] = NONE
    if (this.#newest === NONE) this.#oldest = slot
    else this.#newer[this.#newest] = slot
    this.#newest = slot
  }
}
