import type { StoredAnswer } from '#wire/stored-answer.ts'
import type { AddressRule } from '../policy/ready-config.ts'

/**
 * An answer in the cache, one for all groups. `hopEntries` holds, for each name that it leads to and that any rule
 * covers, the entries of those rules; `addressRules` the rules on its addresses, for whatever group. Both are of
 * `generation`; when newer rules have come, they are looked up again.
 */
export interface CacheEntry {
  readonly stored: StoredAnswer
  readonly storedAtMs: number
  readonly expiresAtMs: number
  /** Once it is stale: no upstream is asked for a newer one before, because the last time none answered. */
  retryAtMs: number
  hopEntries: readonly Uint16Array[]
  addressRules: readonly AddressRule[]
  /** Entries of lists' rules on its addresses. */
  addressEntries: Uint16Array
  /** Whether an address in it is private. */
  isPrivate: boolean
  generation: number
}

/** No entries, the same each time. */
export const NO_ENTRIES: Uint16Array = new Uint16Array(0)

/** No rules have looked at the entry yet. */
export const NOT_INSPECTED = -1
