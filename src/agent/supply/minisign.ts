import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import { type Failure, failure, isFailure } from '#domain/failure.ts'

/** A minisign public key (https://jedisct1.github.io/minisign/, "Public key format"). */
export interface PublicKey {
  readonly id: Buffer
  readonly key: KeyObject
}

/** A signature file, taken apart. */
interface Signature {
  readonly isPrehashed: boolean
  readonly keyId: Buffer
  readonly bytes: Buffer
  readonly trustedComment: string
  readonly global: Buffer
}

const KEY_BYTES = 42
const SIGNATURE_BYTES = 74
const GLOBAL_BYTES = 64
/** An old-style signature is over the bytes themselves, so they must be in memory at once. */
const UNHASHED_BYTES_MAX = 67_108_864
/** A signature file is four lines. */
export const SIGNATURE_FILE_BYTES_MAX = 16_384

/** Reads a public key: base64 of `Ed`, its id and the key. Never throws. */
export function readPublicKey(text: string): PublicKey | Failure<'bad-signature'> {
  const bytes = decodeBase64(text.trim(), KEY_BYTES)
  if (!bytes || bytes.toString('latin1', 0, 2) !== 'Ed')
    return failure('bad-signature', 'this is no minisign public key')
  const x = bytes.subarray(10).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return { id: bytes.subarray(2, 10), key }
}

/**
 * Whether a file is what the key's owner signed: exactly these bytes, by this key, with the trusted comment that stands
 * beside it. A failure says what is wrong; undefined means that all of it is right. Never rejects.
 */
export async function checkSignature(
  file: string,
  signatureText: string,
  { id, key }: PublicKey,
): Promise<Failure<'bad-signature'> | undefined> {
  const signature = readSignature(signatureText)
  if (isFailure(signature)) return signature
  if (!signature.keyId.equals(id))
    return failure('bad-signature', 'it is signed with another key than the one configured')
  try {
    const signed = signature.isPrehashed ? await blake2b(file) : readWhole(file)
    if (isFailure(signed)) return signed
    if (!verify(null, signed, key, signature.bytes))
      return failure('bad-signature', 'the signature is not that of this file')
  } catch (error) {
    return failure('bad-signature', `the signature cannot be checked (${String(error)})`)
  }
  const commented = Buffer.concat([signature.bytes, Buffer.from(signature.trustedComment)])
  if (verify(null, commented, key, signature.global)) return undefined
  return failure('bad-signature', 'the trusted comment of the signature is not what was signed')
}

function readSignature(text: string): Signature | Failure<'bad-signature'> {
  const [untrusted = '', body = '', comment = '', global = ''] = text.split(/\r?\n/)
  const bytes = decodeBase64(body, SIGNATURE_BYTES)
  const globalBytes = decodeBase64(global, GLOBAL_BYTES)
  const kind = bytes?.toString('latin1', 0, 2)
  const isComplete =
    untrusted.startsWith('untrusted comment:') && comment.startsWith(TRUSTED) && bytes
  if (!isComplete || !globalBytes || (kind !== 'Ed' && kind !== 'ED'))
    return failure('bad-signature', 'what should be the signature is no minisign signature')
  return {
    isPrehashed: kind === 'ED',
    keyId: bytes.subarray(2, 10),
    bytes: bytes.subarray(10),
    trustedComment: comment.slice(TRUSTED.length),
    global: globalBytes,
  }
}
const TRUSTED = 'trusted comment: '

function decodeBase64(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined
}

async function blake2b(file: string): Promise<Buffer> {
  const hash = createHash('blake2b512')
  for await (const chunk of createReadStream(file)) hash.update(chunk)
  return hash.digest()
}

function readWhole(file: string): Buffer | Failure<'bad-signature'> {
  const { size } = statSync(file)
  if (size <= UNHASHED_BYTES_MAX) return readFileSync(file)
  return failure(
    'bad-signature',
    `an unhashed signature is checked up to ${UNHASHED_BYTES_MAX} bytes; sign with a newer minisign`,
  )
}
