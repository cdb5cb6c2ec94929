/** DNS cookies of a server, in the form that servers of all makes understand (RFC 7873, RFC 9018). */
import { get32, put32 } from './put.ts'
import { sipHash } from './siphash.ts'

/** The EDNS option. */
export const COOKIE_OPTION = 10
export const CLIENT_COOKIE_BYTES = 8
/** A client's cookie and ours, as the option holds them. */
export const WHOLE_COOKIE_BYTES = 24
/** The longest that another server's may be (RFC 7873 section 4). */
const FOREIGN_BYTES = { min: 16, max: 40 } as const
const VERSION = 1
const HASH_AT = 16
const IPV6_BYTES = 16
/** For so long a cookie holds, and after so long it is replaced (RFC 9018 section 4.3). */
const HOLDS_SECONDS = 3_600
const RENEWED_AFTER_SECONDS = 1_800
/** So much may a cookie be from the future: clocks of servers that share a secret differ. */
const AHEAD_SECONDS = 300

/** Gives the secret, 16 bytes, of the cookies that were made at a time in seconds since the epoch. */
export type CookieSecret = (seconds: number) => Uint8Array

/** `ageing` holds, and is to be replaced. */
export type CookieState = 'fresh' | 'ageing' | 'wrong'

/** Whether the option may have that length: a client's cookie alone, or with one of a server (RFC 7873 section 5.2.2). */
export function isCookieLength(length: number): boolean {
  return (
    length === CLIENT_COOKIE_BYTES || (length >= FOREIGN_BYTES.min && length <= FOREIGN_BYTES.max)
  )
}

/** Client cookie, version, reserved bits, time of making; then the client's address. */
const hashed = new Uint8Array(HASH_AT + IPV6_BYTES)
const found = new Uint8Array(8)

/** Writes a cookie for the client at `address` to `out`, behind the client's own 8 bytes there. Times are in seconds. */
export function writeServerCookie(
  out: Uint8Array,
  address: Uint8Array,
  seconds: number,
  secretOf: CookieSecret,
): void {
  put32(out, VERSION << 24, CLIENT_COOKIE_BYTES)
  put32(out, seconds, CLIENT_COOKIE_BYTES + 4)
  hashInto(out, out, address, secretOf(seconds))
}

/** What a cookie of 24 bytes is worth now, shown by the client at `address`. */
export function judgeServerCookie(
  cookie: Uint8Array,
  address: Uint8Array,
  seconds: number,
  secretOf: CookieSecret,
): CookieState {
  if (cookie.length !== WHOLE_COOKIE_BYTES || cookie[CLIENT_COOKIE_BYTES] !== VERSION)
    return 'wrong'
  const madeAt = get32(cookie, CLIENT_COOKIE_BYTES + 4)
  // 32 bits of seconds, compared as RFC 1982 has it: they go round in 2106.
  const age = (seconds - madeAt) | 0
  if (age > HOLDS_SECONDS || age < -AHEAD_SECONDS) return 'wrong'
  hashInto(found, cookie, address, secretOf(madeAt))
  let differs = 0
  // All bytes, whatever the first is like: the time taken tells nothing.
  for (let i = 0; i < found.length; i++) differs |= found[i]! ^ cookie[HASH_AT + i]!
  if (differs !== 0) return 'wrong'
  return age > RENEWED_AFTER_SECONDS ? 'ageing' : 'fresh'
}

/** The hash of a cookie goes to its own place in a whole one, or to the start of a buffer of 8 bytes. */
function hashInto(
  out: Uint8Array,
  cookie: Uint8Array,
  address: Uint8Array,
  secret: Uint8Array,
): void {
  for (let i = 0; i < HASH_AT; i++) hashed[i] = cookie[i]!
  hashed.set(address, HASH_AT)
  const message = hashed.subarray(0, HASH_AT + address.length)
  sipHash(secret, message, out, out.length === WHOLE_COOKIE_BYTES ? HASH_AT : 0)
}
