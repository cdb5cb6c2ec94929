import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type Failure, failure } from '#domain/failure.ts'

/** A certificate with its chain, and its key: PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
  /** Changes when either does. */
  readonly fingerprint: string
  /** Milliseconds since the epoch. */
  readonly validTo: number
}

const FILE_BYTES_MAX = 65_536

/**
 * Reads both files and tries them together, so that a bad one is told in words before anybody meets it. Blocks on the disk. Never
 * throws; the detail holds nothing of the key.
 */
export function readKeyPair(
  certificate: string,
  keyFile: string,
): KeyPair | Failure<'bad-certificate'> {
  const cert = readPem(certificate)
  if (typeof cert !== 'string') return cert
  const key = readPem(keyFile)
  if (typeof key !== 'string') return key
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
    const validTo = Date.parse(new X509Certificate(cert).validTo)
    const fingerprint = createHash('sha256').update(cert).update('\0').update(key).digest('hex')
    return { cert, key, fingerprint, validTo }
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'not understood'
    return failure('bad-certificate', `${certificate} and ${keyFile} make no TLS server: ${why}`)
  }
}

function readPem(path: string): string | Failure<'bad-certificate'> {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length <= FILE_BYTES_MAX && text.includes('-----BEGIN ')) return text
    return failure('bad-certificate', `${path} is no PEM file`)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    return failure('bad-certificate', `${path} cannot be read: ${why}`)
  }
}
