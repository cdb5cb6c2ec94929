import { LRUCache } from 'lru-cache'
import type { CacheEntry } from './cache-entry.ts'

/** Looks for one that counts as a use, by chance; what is asked often is among the used all the same. */
const LOOKS_PER_MOVE = 8
/** Larger answers are rare, and a few would push out hundreds of others. */
const ENTRY_BYTES_MAX = 4_096
/** What an entry costs beside its wire bytes: key, offsets, objects. */
const ENTRY_OVERHEAD_BYTES = 400

export interface AnswerCacheLimits {
  readonly entriesMax: number
  readonly bytesMax: number
}

/** Answers by question, least recently used out first; bounded in entries and in bytes. Lives in memory only. */
export class AnswerCache {
  readonly #entries: LRUCache<string, CacheEntry>
  #looks = 0
  #onKeep: ((key: string, entry: CacheEntry) => void) | undefined

  constructor(limits: AnswerCacheLimits) {
    this.#entries = new LRUCache({
      max: limits.entriesMax,
      maxSize: limits.bytesMax,
      sizeCalculation: (entry) => entry.stored.wire.length + ENTRY_OVERHEAD_BYTES,
    })
  }

  /** The entry for a key, whether or not its TTL lasts still. */
  find(key: string): CacheEntry | undefined {
    const entry = this.#entries.peek(key)
    // Moving an entry to the front touches memory of its neighbours: once in so many looks is often enough to stay.
    if (entry && ++this.#looks % LOOKS_PER_MOVE === 0) this.#entries.get(key)
    return entry
  }

  /** The entry for a key while its TTL lasts; `nowMs` is monotonic. */
  get(key: string, nowMs: number): CacheEntry | undefined {
    const entry = this.#entries.get(key)
    return entry && entry.expiresAtMs > nowMs ? entry : undefined
  }

  /** Keeps an entry; one that may not be kept is left out. */
  set(key: string, entry: CacheEntry): void {
    if (this.take(key, entry)) this.#onKeep?.(key, entry)
  }

  /** The same without telling: for what comes from whoever is told. False where it may not be kept. */
  take(key: string, entry: CacheEntry): boolean {
    const { ttlSeconds, wire } = entry.stored
    if (ttlSeconds === 0 || wire.length > ENTRY_BYTES_MAX) return false
    this.#entries.set(key, entry)
    return true
  }

  /** Drops every entry whose key `isGone` says. For a change of the configuration: it looks at all. */
  forget(isGone: (key: string) => boolean): void {
    for (const key of Array.from(this.#entries.keys()).filter(isGone)) this.#entries.delete(key)
  }

  /** Tells of every entry that is set from now on. */
  onKeep(listener: (key: string, entry: CacheEntry) => void): void {
    this.#onKeep = listener
  }

  /** What is fresh, the most recently used first. */
  *fresh(nowMs: number): Generator<readonly [key: string, entry: CacheEntry], void> {
    for (const [key, entry] of this.#entries.entries())
      if (entry.expiresAtMs > nowMs) yield [key, entry]
  }

  get size(): number {
    return this.#entries.size
  }

  get sizeBytes(): number {
    return this.#entries.calculatedSize
  }
}
