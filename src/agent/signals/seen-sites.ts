/** A quarter of the places stays empty, so that a search ends soon. */
const FULL_SHARE = 0.75
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/**
 * Which sites a school has asked for before, by a hash of 32 bits each: one in some 100,000 new ones is taken for known. When the
 * memory is full its older half is forgotten.
 */
export class SeenSites {
  #young: Int32Array
  #old: Int32Array
  #count = 0

  /** `sitesMax`: a power of two; room for so many hashes twice. */
  constructor(sitesMax: number) {
    this.#young = new Int32Array(sitesMax)
    this.#old = new Int32Array(sitesMax)
  }

  /** Whether a site is new, and remembers it. */
  isFirst(site: string): boolean {
    const hash = hashOf(site)
    if (placeOf(this.#young, hash) < 0) return false
    const isKnown = placeOf(this.#old, hash) < 0
    if (this.#count >= this.#young.length * FULL_SHARE) this.#forget()
    this.#young[placeOf(this.#young, hash)] = hash
    this.#count++
    return !isKnown
  }

  #forget(): void {
    const emptied = this.#old.fill(0)
    this.#old = this.#young
    this.#young = emptied
    this.#count = 0
  }
}

/** Where a hash would go, or -1 where it is. */
function placeOf(table: Int32Array, hash: number): number {
  const mask = table.length - 1
  for (let at = hash & mask; ; at = (at + 1) & mask) {
    const there = table[at]
    if (there === hash) return -1
    if (there === 0) return at
  }
}

/** Never 0. */
function hashOf(text: string): number {
  let hash = FNV_OFFSET
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  hash ^= hash >>> 15
  return hash | 0 || 1
}
