/** Words of one slot: two of its key, two that hold a double. */
const SLOT_WORDS = 4
const SLOT_BYTES = 16
/** A key has so many slots to lie in, all in one line of the processor's cache. */
const WAYS = 4

export interface RateTableOptions {
  readonly perSecond: number
  /** So many may come at once. */
  readonly burst: number
  /** Keys remembered: a power of two, four or more. Each costs 17 bytes. */
  readonly slots: number
  /** 32 bits that nobody outside knows, so that nobody can choose keys for one place. */
  readonly seed: number
}

/** `slip` is every second one over the rate. */
export type RateVerdict = 'within' | 'over' | 'slip'

/**
 * A rate and a burst for each key of 64 bits, in memory of fixed size and in constant time; allocates nothing. It keeps when the
 * bucket of a key will be full again (a leaky bucket as a virtual schedule, ITU-T I.371). Where a place is taken, the key whose bucket is the fullest is
 * forgotten, which costs that one nothing or little: a flood of new keys cannot make a busy one forgotten.
 */
export class RateTable {
  readonly #sets: number
  readonly #seed: number
  readonly #keys: Int32Array
  /** In the same memory: the last two words of each slot. */
  readonly #fullAtMs: Float64Array
  readonly #slipped: Uint8Array
  readonly #intervalMs: number
  readonly #aheadMs: number

  constructor({ perSecond, burst, slots, seed }: RateTableOptions) {
    const memory = new ArrayBuffer(slots * SLOT_BYTES)
    this.#sets = slots / WAYS
    this.#seed = seed
    this.#keys = new Int32Array(memory)
    this.#fullAtMs = new Float64Array(memory)
    this.#slipped = new Uint8Array(slots)
    this.#intervalMs = 1000 / perSecond
    // Half of one more, for sums of fractions are not exact.
    this.#aheadMs = (burst - 0.5) * this.#intervalMs
  }

  /** One more for a key; the time is monotonic. */
  take(high: number, low: number, nowMs: number): RateVerdict {
    const slot = this.#slotOf(high, low)
    const at = slot * 2 + 1
    const fullAtMs = Math.max(this.#fullAtMs[at]!, nowMs)
    if (fullAtMs - nowMs <= this.#aheadMs) {
      this.#fullAtMs[at] = fullAtMs + this.#intervalMs
      return 'within'
    }
    this.#slipped[slot]! ^= 1
    return this.#slipped[slot] === 0 ? 'slip' : 'over'
  }

  #slotOf(high: number, low: number): number {
    const first = (mix(high, mix(low, this.#seed)) & (this.#sets - 1)) * WAYS
    let fullest = first
    for (let slot = first; slot < first + WAYS; slot++) {
      const at = slot * SLOT_WORDS
      if (this.#keys[at] === high && this.#keys[at + 1] === low) return slot
      if (this.#fullAtMs[slot * 2 + 1]! < this.#fullAtMs[fullest * 2 + 1]!) fullest = slot
    }
    this.#keys[fullest * SLOT_WORDS] = high
    this.#keys[fullest * SLOT_WORDS + 1] = low
    this.#fullAtMs[fullest * 2 + 1] = 0
    return fullest
  }
}

/** Spreads 32 bits over 32, differently for each seed (the finalizer of MurmurHash3). */
export function mix(value: number, seed: number): number {
  let bits = value ^ seed
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35)
  return bits ^ (bits >>> 16)
}
