import { LRUCache } from 'lru-cache'
import type { StoredAnswer } from '#wire/stored-answer.ts'
import { DEFAULT_TTL_LIMITS, limitTtls, type TtlLimits } from '#wire/ttl-limits.ts'
import { type CacheEntry, newEntry } from './cache-entry.ts'
import { type FlushTarget, isMeant } from './flush-target.ts'
import { KeptFailures } from './kept-failures.ts'

/** Looks for one that counts as a use, by chance; what is asked often is among the used all the same. */
const LOOKS_PER_MOVE = 8
/** Larger answers are rare, and a few would push out hundreds of others. */
const ENTRY_BYTES_MAX = 4_096
/** What an entry costs beside its wire bytes: key, offsets, objects. */
const ENTRY_OVERHEAD_BYTES = 400

export interface AnswerCacheLimits {
  readonly entriesMax: number
  readonly bytesMax: number
  /** The defaults of the product where it is absent. */
  readonly ttl?: TtlLimits
}

/** Answers by question, least recently used out first; bounded in entries and in bytes, those whose time is over included. */
export class AnswerCache {
  /** Questions that failed a moment ago; an answer that is kept ends its failure. */
  readonly failures: KeptFailures = new KeptFailures()
  readonly #entries: LRUCache<string, CacheEntry>
  readonly #ttl: TtlLimits
  #looks = 0
  #onKeep: ((key: string, entry: CacheEntry) => void) | undefined
  #onReuse: ((key: string, entry: CacheEntry) => void) | undefined
  /** Entries that have been kept since the start. */
  kept = 0

  constructor({ entriesMax, bytesMax, ttl = DEFAULT_TTL_LIMITS }: AnswerCacheLimits) {
    this.#ttl = ttl
    this.#entries = new LRUCache({
      max: entriesMax,
      maxSize: bytesMax,
      sizeCalculation: (entry) => entry.stored.wire.length + ENTRY_OVERHEAD_BYTES,
    })
  }

  /** The entry that an upstream's answer becomes, with TTLs as the school limits them. */
  entryOf(stored: StoredAnswer, storedAtMs: number): CacheEntry {
    return newEntry(limitTtls(stored, this.#ttl), storedAtMs)
  }

  /** The entry for a key, whether or not its TTL lasts still. */
  find(key: string): CacheEntry | undefined {
    const entry = this.#entries.peek(key)
    if (entry && !entry.isReused) this.#noteReuse(key, entry)
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
    this.failures.noteAnswer(key, entry.storedAtMs)
    this.#entries.set(key, entry)
    this.kept += 1
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

  /** Drops what is meant, and what is known of its failures; returns how many answers that were. */
  flush(target: FlushTarget): number {
    const keys = [...this.#entries.keys()].filter((key) => isMeant(target, key))
    for (const key of keys) this.#entries.delete(key)
    this.failures.flush((key) => isMeant(target, key))
    return keys.length
  }

  /** Everything, the most recently used first. */
  entries(): Generator<[key: string, entry: CacheEntry], void> {
    return this.#entries.entries()
  }

  /** Tells of every entry that is found for the first time from now on: what is asked but once is of no use to anybody else. */
  onReuse(listener: (key: string, entry: CacheEntry) => void): void {
    this.#onReuse = listener
  }

  #noteReuse(key: string, entry: CacheEntry): void {
    entry.isReused = true
    this.#onReuse?.(key, entry)
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
