import { RCODE } from '#wire/constants.ts'
import { KEY_SUFFIX_BYTES } from '#wire/query-view.ts'
import type { AnswerMemory } from './answer-memory.ts'
import type { CacheEntry } from './cache-entry.ts'

/** Labels of the longest name. */
const LABELS_MAX = 127

/**
 * A fresh "no such name" for a name above that of the key, asked for the same type (RFC 8020 section 2). What comes by way of an alias
 * says nothing of the name asked. The key is of a question without DO and CD: others want proof for the very name.
 */
export function nxdomainAbove(
  cache: AnswerMemory,
  key: string,
  nowMs: number,
): CacheEntry | undefined {
  if (key.charCodeAt(key.length - 1) !== 0) return undefined
  const rootAt = key.length - KEY_SUFFIX_BYTES - 1
  let at = 0
  for (let labels = 0; labels < LABELS_MAX; labels++) {
    at += key.charCodeAt(at) + 1
    if (at >= rootAt) return undefined
    const entry = cache.find(key.slice(at))
    if (entry && entry.expiresAtMs > nowMs && isOfItsName(entry)) return entry
  }
  return undefined
}

function isOfItsName({ stored }: CacheEntry): boolean {
  return stored.rcode === RCODE.NXDOMAIN && stored.wire.readUInt16BE(6) === 0
}
