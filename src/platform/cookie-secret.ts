import { createHmac, randomBytes } from 'node:crypto'

const KEY_BYTES = 32
const SECRET_BYTES = 16
const DAY_SECONDS = 86_400

/** A key that nobody else has and that ends with this process. */
export function newCookieKey(): Uint8Array {
  return randomBytes(KEY_BYTES)
}

/**
 * Secrets of DNS cookies, another each day (RFC 7873 section 7.1), 16 bytes. They follow from the key and the day, so all threads
 * that have the key have the same without telling each other, and a cookie of yesterday is checked with yesterday's.
 */
export function makeCookieSecret(key: Uint8Array): (seconds: number) => Uint8Array {
  const known = [
    { day: -1, secret: secretOf(key, -1) },
    { day: -1, secret: secretOf(key, -1) },
  ] as const
  return (seconds) => {
    const day = Math.floor(seconds / DAY_SECONDS)
    // Today and yesterday take turns by parity.
    const place = known[day & 1 ? 1 : 0]
    if (place.day !== day) Object.assign(place, { day, secret: secretOf(key, day) })
    return place.secret
  }
}

function secretOf(key: Uint8Array, day: number): Uint8Array {
  return createHmac('sha256', key)
    .update(`cookies of day ${day}`)
    .digest()
    .subarray(0, SECRET_BYTES)
}
