/** Codes of an authenticator app: RFC 6238 with SHA-1, six digits and steps of 30 seconds, which every app has. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const STEP_MS = 30_000
const SECRET_BYTES = 20
const DIGITS = 6
/** Steps before and after now that are taken, for clocks that differ. */
const STEPS_AROUND = 1
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES)
}

/** The code that an app shows at an instant. */
export function totpCode(secret: Uint8Array, atMs: number): string {
  return codeOf(secret, Math.floor(atMs / STEP_MS))
}

/**
 * The step that a typed code belongs to, or undefined. Only steps after `usedStep` count: a code that was used, or one
 * before it, is never taken again (RFC 6238 section 5.2).
 */
export function stepOfCode(
  typed: string,
  secret: Uint8Array,
  { nowMs, usedStep }: { readonly nowMs: number; readonly usedStep: number },
): number | undefined {
  const given = Buffer.from(
    typed
      .replaceAll(/\s/g, '')
      .padEnd(DIGITS)
      .slice(0, DIGITS + 1),
  )
  const now = Math.floor(nowMs / STEP_MS)
  let found: number | undefined
  for (let step = now - STEPS_AROUND; step <= now + STEPS_AROUND; step += 1) {
    const code = Buffer.from(codeOf(secret, step))
    const isSame = code.length === given.length && timingSafeEqual(code, given)
    if (isSame && step > usedStep) found ??= step
  }
  return found
}

/** A secret as apps take it when it is typed (RFC 4648 section 6), in groups of four. */
export function shownSecret(secret: Uint8Array): string {
  let bits = ''
  for (const byte of secret) bits += byte.toString(2).padStart(8, '0')
  const letters = bits.match(/.{5}/g)?.map((five) => BASE32.charAt(Number.parseInt(five, 2)))
  return (letters ?? []).join('').replaceAll(/(.{4})(?=.)/g, '$1 ')
}

/** The address that opens an app with the secret in it. */
export function totpAddress(secret: Uint8Array, email: string): string {
  const label = encodeURIComponent(`SuperCloud Edge:${email}`)
  const plain = shownSecret(secret).replaceAll(' ', '')
  return `otpauth://totp/${label}?secret=${plain}&issuer=${encodeURIComponent('SuperCloud Edge')}`
}

/** RFC 4226 section 5.3. */
function codeOf(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.max(0, step)))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac.readUInt8(mac.length - 1) & 0xf
  const number = mac.readUInt32BE(offset) & 0x7f_ff_ff_ff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}
