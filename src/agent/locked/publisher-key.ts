/** Keys of those who publish locked bundles: Ed25519, told as SPKI in base64url. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { type Failure, failure } from '#domain/failure.ts'
import { applianceIdOf } from '#platform/http-signing.ts'
import type { BundleParts, Endorsement } from './bundle-format.ts'

/** Keeps the signature on a key from being taken for one on a bundle. */
const ENDORSEMENT_MAGIC = 'SCENDORSE1\n'

/** A publisher's private key with its public one as it is told. */
export interface PublisherKey {
  readonly privateKey: KeyObject
  readonly publicKey: string
}

/** Makes a new key; returns it with its PKCS #8 PEM, for a file of mode 0600. */
export function makePublisherKey(): { readonly key: PublisherKey; readonly pem: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key: { privateKey, publicKey: toldKey(createPublicKey(privateKey)) }, pem }
}

/** Reads a private key (PEM). Never throws. */
export function readPublisherKey(pem: string): PublisherKey | Failure<'bad-key'> {
  try {
    const privateKey = createPrivateKey(pem)
    if (privateKey.asymmetricKeyType !== 'ed25519') return failure('bad-key', 'is not Ed25519')
    return { privateKey, publicKey: toldKey(createPublicKey(privateKey)) }
  } catch {
    return failure('bad-key', 'is no private key in PEM')
  }
}

/** Reads a public key, base64url of its SPKI or PEM; gives the former. Never throws. */
export function readPublicKey(text: string): string | Failure<'bad-key'> {
  try {
    const key = publicKeyOf(text.trim())
    return key.asymmetricKeyType === 'ed25519' ? toldKey(key) : failure('bad-key', 'is not Ed25519')
  } catch {
    return failure('bad-key', 'is no public key, neither PEM nor base64url of its SPKI')
  }
}

/** The short name of a public key, for people: as an appliance's, of its own SHA-256. */
export function publisherId(publicKey: string): string {
  return applianceIdOf(Buffer.from(publicKey, 'base64url'))
}

/** Says that `next` speaks for the publisher as the older key does. */
export function endorse(older: PublisherKey, next: string): Endorsement {
  const signature = sign(null, endorsementBytes(next), older.privateKey).toString('base64url')
  return { key: next, by: older.publicKey, signature }
}

/** Why a bundle is not this publisher's: its key must be the pinned one, or one that is endorsed from there on. */
export function checkPublisher(
  { header, signed, signature }: Pick<BundleParts, 'header' | 'signed' | 'signature'>,
  pinned: string,
): Failure<'wrong-publisher'> | undefined {
  let trusted = pinned
  for (const { key, by, signature: own } of header.endorsements) {
    // Those of keys before the pinned one say nothing to us.
    if (trusted === header.publisher || by !== trusted) continue
    if (!isSigned(endorsementBytes(key), by, Buffer.from(own, 'base64url')))
      return failure('wrong-publisher', 'an endorsement in the bundle is not sound')
    trusted = key
  }
  if (trusted !== header.publisher)
    return failure(
      'wrong-publisher',
      `the bundle is of publisher ${publisherId(header.publisher)}, and ${publisherId(pinned)} is the one that is trusted here`,
    )
  return isSigned(signed, trusted, signature)
    ? undefined
    : failure('wrong-publisher', 'the signature of the bundle is not sound: it was changed')
}

function isSigned(bytes: Buffer, key: string, signature: Buffer): boolean {
  try {
    return verify(null, bytes, publicKeyOf(key), signature)
  } catch {
    return false
  }
}

function endorsementBytes(key: string): Buffer {
  return Buffer.from(`${ENDORSEMENT_MAGIC}${key}`, 'utf8')
}

function publicKeyOf(text: string): KeyObject {
  if (text.startsWith('-----')) return createPublicKey(text)
  return createPublicKey({ key: Buffer.from(text, 'base64url'), type: 'spki', format: 'der' })
}

function toldKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64url')
}
