import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import {
  parseSignature,
  SIGNATURE_AGE_MAX_SECONDS,
  type SignatureParams,
  signatureBase,
  signatureField,
  signatureInput,
} from '#domain/http-signature.ts'

/** An appliance's identity: its name is the thumbprint of its public key. */
export interface ApplianceKey {
  readonly appliance: string
  readonly privateKey: KeyObject
  /** SPKI, base64url. */
  readonly publicKey: string
}

/** Makes a new Ed25519 key; returns it with its PKCS #8 PEM, for a file of mode 0600. */
export function makeApplianceKey(): { readonly key: ApplianceKey; readonly pem: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key: readApplianceKey(pem), pem }
}

/** Reads a PEM made by `makeApplianceKey`. Throws on anything else: a start-up fault. */
export function readApplianceKey(pem: string): ApplianceKey {
  const privateKey = createPrivateKey(pem)
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  return { appliance: applianceIdOf(spki), privateKey, publicKey: spki.toString('base64url') }
}

/** The appliance's name: the first 128 bits of SHA-256 over its public key (SPKI), base64url. */
export function applianceIdOf(spki: Uint8Array): string {
  return createHash('sha256').update(spki).digest().subarray(0, 16).toString('base64url')
}

/** Header fields for a signed JSON POST (RFC 9421, RFC 9530). `nowMs` is wall time. */
export function signRequest(
  key: ApplianceKey,
  url: URL,
  body: string,
  nowMs: number,
): Record<string, string> {
  const params: SignatureParams = {
    created: Math.floor(nowMs / 1000),
    keyId: key.appliance,
    nonce: randomBytes(16).toString('base64url'),
  }
  const contentDigest = contentDigestOf(body)
  const contentType = 'application/json'
  const parts = {
    method: 'POST',
    authority: url.host,
    path: url.pathname,
    contentType,
    contentDigest,
  }
  const signature = sign(null, Buffer.from(signatureBase(parts, params)), key.privateKey)
  return {
    'content-type': contentType,
    'content-digest': contentDigest,
    'signature-input': signatureInput(params),
    signature: signatureField(signature.toString('base64')),
  }
}

/** What the verifier needs of a received POST. `authority` is the Host header, lower-cased. */
export interface ReceivedRequest {
  readonly authority: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Uint8Array
}

/**
 * Checks signature, digest and age. Returns who signed and the nonce, for the caller to refuse replays.
 * `publicKeyOf` gives the SPKI in base64url of an enrolled appliance, or undefined.
 */
export function verifyRequest(
  request: ReceivedRequest,
  publicKeyOf: (appliance: string) => string | undefined,
  nowMs: number,
): SignatureParams | Failure<'bad-signature' | 'unknown-appliance'> {
  const field = (name: string): string => {
    const value = request.headers[name]
    return typeof value === 'string' ? value : ''
  }
  const parsed = parseSignature(field('signature-input'), field('signature'))
  if (isFailure(parsed)) return parsed
  const { params } = parsed
  if (Math.abs(nowMs / 1000 - params.created) > SIGNATURE_AGE_MAX_SECONDS)
    return failure('bad-signature', 'signature is too old or from the future; check the clocks')
  const contentDigest = field('content-digest')
  if (contentDigest !== contentDigestOf(request.body))
    return failure('bad-signature', 'body does not match its digest')
  const spki = publicKeyOf(params.keyId)
  if (spki === undefined) return failure('unknown-appliance', 'appliance is not enrolled here')
  const base = signatureBase(
    {
      method: 'POST',
      authority: request.authority,
      path: request.path,
      contentType: field('content-type'),
      contentDigest,
    },
    params,
  )
  const publicKey = createPublicKey({
    key: Buffer.from(spki, 'base64url'),
    type: 'spki',
    format: 'der',
  })
  const isGood = verify(null, Buffer.from(base), publicKey, Buffer.from(parsed.signature, 'base64'))
  return isGood ? params : failure('bad-signature', 'signature does not verify')
}

function contentDigestOf(body: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`
}
