import { createHmac } from 'node:crypto'
import { DIGEST_BYTES, type NameDigest } from '#rules/locked-names.ts'

/** HMAC-SHA-256, cut to 128 bits. Some ten microseconds: for the few names whose hash is listed. */
export function makeNameDigest(key: Buffer): NameDigest {
  return (name, from, to) =>
    createHmac('sha256', key).update(name.subarray(from, to)).digest().subarray(0, DIGEST_BYTES)
}
