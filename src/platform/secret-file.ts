import { createHmac, randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

const HASH_BYTES = 16

/**
 * The text of a secret file; made with `make` and mode 0600 when there is none. Never overwrites. Throws when it can be
 * neither read nor made: a start-up fault.
 */
export function readOrMakeSecret(file: string, make: () => string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const text = make()
  const fd = openSync(file, 'wx', 0o600)
  try {
    writeSync(fd, text)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return text
}

/**
 * A keyed hash (HMAC-SHA-256, its first 128 bits, base64url) with a key of this appliance's own: the same name gives
 * the same hash here, and nobody without the key can try names against it.
 */
export function makeKeyedHash(keyFile: string): (bytes: Uint8Array) => string {
  const key = Buffer.from(
    readOrMakeSecret(keyFile, () => randomBytes(32).toString('base64url')),
    'base64url',
  )
  return (bytes) =>
    createHmac('sha256', key).update(bytes).digest().subarray(0, HASH_BYTES).toString('base64url')
}
