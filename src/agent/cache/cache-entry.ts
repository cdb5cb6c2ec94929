import type { StoredAnswer } from '#wire/stored-answer.ts'

/**
 * An answer in the cache, one for all groups. `hopEntries` are the rule entries that match the names it leads to, of
 * the rules of `generation`; when newer rules have come, they are looked up again.
 */
export interface CacheEntry {
  readonly stored: StoredAnswer
  readonly storedAtMs: number
  readonly expiresAtMs: number
  hopEntries: Uint16Array
  generation: number
}

/** No rules have looked at the entry yet. */
export const NOT_INSPECTED = -1
