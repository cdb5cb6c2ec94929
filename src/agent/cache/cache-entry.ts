import type { StoredAnswer } from '#wire/stored-answer.ts'
import { NO_RULES } from '../address-rules.ts'
import type { AddressRule } from '../policy/ready-config.ts'

/**
 * An answer in the cache, one for all groups. `nameEntries` holds the entries of the rules that cover the name asked, `hopEntries`, for each name that it leads to and that any rule
 * covers, the entries of those rules; `addressRules` the rules on its addresses, for whatever group. Both are of
 * `generation`; when newer rules have come, they are looked up again.
 */
export interface CacheEntry {
  readonly stored: StoredAnswer
  readonly storedAtMs: number
  readonly expiresAtMs: number
  /** From then on it is worth asking for a newer one while this one still serves; once that is done, never. */
  renewAtMs: number
  /** How often it has been an answer. */
  asks: number
  /** Once it is stale: no upstream is asked for a newer one before, because the last time none answered. */
  retryAtMs: number
  /** Whether it has been found since it was set. */
  isReused: boolean
  nameEntries: Uint16Array
  hopEntries: readonly Uint16Array[]
  addressRules: readonly AddressRule[]
  /** Entries of lists' rules on its addresses. */
  addressEntries: Uint16Array
  /** Whether an address in it is private. */
  isPrivate: boolean
  generation: number
}

/** The share of its time after which an entry that is asked often is renewed. */
const RENEW_FROM = 0.9

/** A fresh entry that no rules have looked at yet. */
export function newEntry(stored: StoredAnswer, storedAtMs: number): CacheEntry {
  return {
    stored,
    storedAtMs,
    expiresAtMs: storedAtMs + stored.ttlSeconds * 1000,
    renewAtMs: storedAtMs + stored.ttlSeconds * RENEW_FROM * 1000,
    asks: 0,
    retryAtMs: 0,
    isReused: false,
    nameEntries: NO_ENTRIES,
    hopEntries: [],
    addressRules: NO_RULES,
    addressEntries: NO_ENTRIES,
    isPrivate: false,
    generation: NOT_INSPECTED,
  }
}

/** No entries, the same each time. */
export const NO_ENTRIES: Uint16Array = new Uint16Array(0)
/** No rules have looked at the entry yet. */
const NOT_INSPECTED = -1
