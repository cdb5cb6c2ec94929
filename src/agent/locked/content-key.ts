/** The key that opens the payload of bundles: 32 random bytes, handed over apart from them. */
import { createHash, hkdfSync, randomBytes } from 'node:crypto'
import { type Failure, failure } from '#domain/failure.ts'

const KEY_BYTES = 32
const NONCE_BYTES = 12
const INFO = 'supercloud-edge locked bundle v1'
/** Enough to tell keys apart. */
const ID_BYTES = 8

/** A new key as it stands in its file. */
export function makeContentKey(): string {
  return `${randomBytes(KEY_BYTES).toString('base64url')}\n`
}

/** Reads the text of a key file. Never throws; the failure does not quote it. */
export function readContentKey(text: string): Buffer | Failure<'bad-key'> {
  const key = Buffer.from(text.trim(), 'base64url')
  return /^[A-Za-z0-9_-]{43}$/.test(text.trim()) && key.length === KEY_BYTES
    ? key
    : failure('bad-key', 'is not 32 bytes in base64url')
}

/** By which a bundle says which key it needs. Of a random key it tells nothing. */
export function contentKeyId(key: Buffer): string {
  const hash = createHash('sha256').update(INFO).update(key).digest()
  return hash.subarray(0, ID_BYTES).toString('base64url')
}

/** Key and nonce of one bundle (RFC 5869). The salt is random, so no two bundles share them. */
export function bundleSecrets(
  key: Buffer,
  salt: string,
): { readonly key: Buffer; readonly nonce: Buffer } {
  const made = Buffer.from(
    hkdfSync('sha256', key, Buffer.from(salt, 'base64url'), INFO, KEY_BYTES + NONCE_BYTES),
  )
  return { key: made.subarray(0, KEY_BYTES), nonce: made.subarray(KEY_BYTES) }
}
