/**
 * HTTP Message Signatures (RFC 9421) as used between agent and collector: one label, fixed covered components,
 * Ed25519. This file builds and reads the text; signing and verifying bytes is platform's.
 */
import { type Failure, failure } from './failure.ts'

const LABEL = 'edge'
/** Components that every request covers, in this order (RFC 9421 section 2). */
const COVERED = ['@method', '@authority', '@path', 'content-type', 'content-digest'] as const

/** A signature is believed for this long either side of its creation, in seconds. */
export const SIGNATURE_AGE_MAX_SECONDS = 300

export interface SignedParts {
  readonly method: string
  /** Lower-case host, with the port unless it is the scheme's default (RFC 9421 section 2.2.3). */
  readonly authority: string
  readonly path: string
  readonly contentType: string
  /** RFC 9530, `sha-256=:BASE64:`. */
  readonly contentDigest: string
}

export interface SignatureParams {
  /** Seconds since the epoch. */
  readonly created: number
  readonly keyId: string
  readonly nonce: string
}

/** The bytes to sign (RFC 9421 section 2.5), as text in ASCII. */
export function signatureBase(parts: SignedParts, params: SignatureParams): string {
  const values: Record<(typeof COVERED)[number], string> = {
    '@method': parts.method.toUpperCase(),
    '@authority': parts.authority,
    '@path': parts.path,
    'content-type': parts.contentType,
    'content-digest': parts.contentDigest,
  }
  const lines = COVERED.map((component) => `"${component}": ${values[component]}`)
  return [...lines, `"@signature-params": ${paramsText(params)}`].join('\n')
}

/** The `Signature-Input` header field (RFC 9421 section 4.1). */
export function signatureInput(params: SignatureParams): string {
  return `${LABEL}=${paramsText(params)}`
}

/** The `Signature` header field (RFC 9421 section 4.2) for a signature in base64. */
export function signatureField(base64: string): string {
  return `${LABEL}=:${base64}:`
}

/** Reads both header fields; what is not exactly as our agents write it is refused. */
export function parseSignature(
  input: string,
  field: string,
): { readonly params: SignatureParams; readonly signature: string } | Failure<'bad-signature'> {
  const signature = /^edge=:([A-Za-z0-9+/=]{1,200}):$/.exec(field)?.[1]
  const match =
    /^edge=\([^)]{1,200}\);created=(\d{1,12});keyid="([A-Za-z0-9_-]{1,100})";alg="ed25519";nonce="([A-Za-z0-9_-]{1,100})"$/.exec(
      input,
    )
  if (!match || !signature) return failure('bad-signature', 'signature fields are not as expected')
  const [, created = '', keyId = '', nonce = ''] = match
  const params = { created: Number(created), keyId, nonce }
  if (signatureInput(params) !== input)
    return failure('bad-signature', 'signature covers other components than it must')
  return { params, signature }
}

function paramsText({ created, keyId, nonce }: SignatureParams): string {
  const components = COVERED.map((component) => `"${component}"`).join(' ')
  return `(${components});created=${created};keyid="${keyId}";alg="ed25519";nonce="${nonce}"`
}
