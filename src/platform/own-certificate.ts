import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { formatAddress } from '#domain/ip-address.ts'
import { writeFileDurably } from './durable-file.ts'
import { makePrivateKey, makeSelfSigned } from './self-signed.ts'

const DAY_MS = 86_400_000
const VALID_DAYS = 365
/** A clock that is a little wrong must not make a new certificate one of the future. */
const BACKDATED_DAYS = 1
const RENEW_DAYS = 30
const NO_NAME = 'supercloud-edge'
const MODE = 0o600
const KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/

/** Under which a server is asked. */
export interface ServerNames {
  /** The first is the one that it calls itself. */
  readonly names: readonly string[]
  /** 4 or 16 bytes each. */
  readonly addresses: readonly Uint8Array[]
}

/**
 * Keeps a certificate of the box's own in `path`, with its key: made where there is none, and again when it soon ends, is not yet valid, or does not
 * name what clients ask for. The key stays the same, for clients that have pinned it. Blocks on the disk; throws when the disk does.
 */
export function keepOwnCertificate(path: string, wanted: ServerNames, wallMs: number): void {
  const kept = read(path)
  if (kept?.certificate && isGood(kept.certificate, wanted, wallMs)) return
  const key = kept?.key ?? makePrivateKey()
  const certificate = makeSelfSigned(key, {
    commonName: wanted.names[0] ?? NO_NAME,
    dnsNames: wanted.names,
    addresses: wanted.addresses,
    notBefore: wallMs - BACKDATED_DAYS * DAY_MS,
    notAfter: wallMs + VALID_DAYS * DAY_MS,
  })
  writeFileDurably(path, key + certificate, MODE)
}

function isGood(
  certificate: X509Certificate,
  { names, addresses }: ServerNames,
  wallMs: number,
): boolean {
  const isNow = Date.parse(certificate.validFrom) <= wallMs
  const isLong = Date.parse(certificate.validTo) - wallMs > RENEW_DAYS * DAY_MS
  const isNamed = names.every((name) => certificate.checkHost(name) !== undefined)
  const isPlaced = addresses.every((one) => certificate.checkIP(formatAddress(one)) !== undefined)
  return isNow && isLong && isNamed && isPlaced
}

/** What the file holds that can be used; undefined where that is nothing. */
function read(
  path: string,
): { readonly key: string; readonly certificate: X509Certificate | undefined } | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    const key = KEY.exec(text)?.[0]
    if (key === undefined) return undefined
    createPrivateKey(key)
    return { key, certificate: readCertificate(CERTIFICATE.exec(text)?.[0]) }
  } catch {
    return undefined // Not there, or damaged: then it is made anew, or writing tells.
  }
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem)
  } catch {
    return undefined
  }
}
