import { createHash } from 'node:crypto'
import type { KeyPair } from '#platform/key-pair.ts'
import { makePrivateKey, makeSelfSigned } from '#platform/self-signed.ts'

const DAY_MS = 86_400_000

/** A key and a certificate that vouches for itself, for `dns.school.test` and 127.0.0.1. */
export function makeKeyPair(): KeyPair {
  const key = makePrivateKey()
  const validTo = Date.now() + DAY_MS
  const cert = makeSelfSigned(key, {
    commonName: 'dns.school.test',
    dnsNames: ['dns.school.test'],
    addresses: [Uint8Array.of(127, 0, 0, 1)],
    notBefore: Date.now() - DAY_MS,
    notAfter: validTo,
  })
  return { cert, key, validTo, fingerprint: createHash('sha256').update(cert).digest('hex') }
}
