import { readFileSync } from 'node:fs'
import { parseAddress } from '#domain/ip-address.ts'
import { CollectorError, type ProviderOptions } from '../config/collector-options.ts'

/** By which claim the provider tells people apart. Names and addresses are given to others in time, so that none of them is here. */
const CLAIMS = ['sub', 'oid'] as const
export type ProviderClaim = (typeof CLAIMS)[number]

export interface ProviderSettings {
  /** Exactly as the provider writes itself. */
  readonly issuer: string
  readonly clientId: string
  readonly secret: string
  readonly claim: ProviderClaim
  /** It is on this machine, over plain HTTP. */
  readonly isPlain: boolean
}

const SECRET_BYTES_MAX = 4096

/** Checks what was given and reads the secret. Throws `CollectorError`, whose message says what to change. */
export function readProviderSettings(options: ProviderOptions): ProviderSettings {
  const { issuer, clientId, secretFile } = options
  const url = URL.parse(issuer)
  const isPlain = url !== null && url.protocol === 'http:' && isLoopback(url.hostname)
  const isClean = url !== null && url.search === '' && url.hash === '' && url.username === ''
  if (!isClean || !(isPlain || url.protocol === 'https:'))
    throw new CollectorError(
      `the provider's issuer "${issuer}" is no https:// address without ? and #`,
    )
  if (clientId.trim() === '') throw new CollectorError("the provider's client id is empty")
  const claim = CLAIMS.find((one) => one === options.claim)
  if (claim === undefined)
    throw new CollectorError(
      `the provider's claim "${options.claim}" is not ${CLAIMS.join(' or ')}: anything else may belong to somebody else in time`,
    )
  return { issuer, clientId, secret: readSecret(secretFile), claim, isPlain }
}

function readSecret(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new CollectorError(`cannot read the provider's secret in "${file}"`, { cause })
  }
  const secret = text.trim()
  if (secret === '' || text.length > SECRET_BYTES_MAX)
    throw new CollectorError(`"${file}" holds no secret, or something longer than one`)
  return secret
}

function isLoopback(hostname: string): boolean {
  const address = parseAddress(hostname.replace(/^\[|\]$/g, ''))
  if (address === undefined) return hostname === 'localhost'
  return address.length === 4
    ? address[0] === 127
    : address.every((byte, index) => byte === (index === 15 ? 1 : 0))
}
