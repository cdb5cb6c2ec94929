import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { PAGE_LIMITS } from './page-limits.ts'

const TOKEN = /^([0-9a-z]{1,12})\.([\w-]{22})\.([\w-]{43})$/

export interface FormTokens {
  /** A token for one client and one name. */
  readonly make: (client: string, name: string) => string
  /** Whether a token is ours, for these two, in time and not used before; it is used up by this. */
  readonly take: (token: string, client: string, name: string) => boolean
}

/**
 * One-time tokens for the form. Any web page can make a pupil's browser post here, but it cannot read a token first: pages of another
 * origin stay closed to it, and a name that shows a form is blocked, so nobody outside can serve a page from it. The key is made
 * anew with each start.
 */
export function makeFormTokens(monotonicMs: () => number): FormTokens {
  const key = randomBytes(32)
  const used = new LRUCache<string, true>({ max: PAGE_LIMITS.tokensUsed })
  const sign = (time: string, nonce: string, whose: readonly [string, string]): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([time, nonce, ...whose]))
      .digest()
  return {
    make: (client, name) => {
      const time = Math.floor(monotonicMs()).toString(36)
      const nonce = randomBytes(16).toString('base64url')
      return `${time}.${nonce}.${sign(time, nonce, [client, name]).toString('base64url')}`
    },
    take: (token, client, name) => {
      const [, time = '', nonce = '', signature = ''] = TOKEN.exec(token) ?? []
      const given = Buffer.from(signature, 'base64url')
      const right = sign(time, nonce, [client, name])
      if (given.length !== right.length || !timingSafeEqual(given, right)) return false
      const ageMs = monotonicMs() - Number.parseInt(time, 36)
      if (ageMs > PAGE_LIMITS.tokenMs || used.has(nonce)) return false
      used.set(nonce, true)
      return true
    },
  }
}
