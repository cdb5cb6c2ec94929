import { createCipheriv, randomBytes, sign } from 'node:crypto'
import type { CategoryId } from '#rules/category-ids.ts'
import { type DomainName, nameToWire } from '#rules/domain-name.ts'
import { type LabelKeys, labelHashOf, markOf, type NameDigest } from '#rules/locked-names.ts'
import {
  type BundleHeader,
  DIGEST_KEY_BYTES,
  type Endorsement,
  KEYS_BYTES,
  ROW_BYTES,
  SALT_BYTES,
  writeHead,
} from './bundle-format.ts'
import { bundleSecrets, contentKeyId } from './content-key.ts'
import { makeNameDigest } from './name-digest.ts'
import type { PublisherKey } from './publisher-key.ts'

/** One name of a bundle that is to be made. */
export interface LockedName {
  readonly category: CategoryId
  readonly name: DomainName
  /** The name alone, not what is below it. */
  readonly isExact: boolean
}

export interface SealOptions {
  readonly names: readonly LockedName[]
  readonly publisher: PublisherKey
  readonly contentKey: Buffer
  readonly serial: number
  /** Milliseconds since the epoch. */
  readonly madeAt: number
  /** From the oldest key on. */
  readonly endorsements: readonly Endorsement[]
}

/** Makes a bundle. Hash keys are new in each, so two bundles do not tell what they have in common. */
export function sealBundle(options: SealOptions): Buffer {
  const { publisher, contentKey, serial, madeAt, endorsements, names } = options
  const header: BundleHeader = {
    format: 'supercloud-edge locked bundle',
    v: 1,
    publisher: publisher.publicKey,
    endorsements,
    serial,
    madeAt,
    names: countNames(names),
    keyId: contentKeyId(contentKey),
    salt: randomBytes(SALT_BYTES).toString('base64url'),
  }
  const head = writeHead(header)
  const secrets = bundleSecrets(contentKey, header.salt)
  const cipher = createCipheriv('aes-256-gcm', secrets.key, secrets.nonce)
  cipher.setAAD(head)
  const sealed = Buffer.concat([cipher.update(payloadOf(names)), cipher.final()])
  const signed = Buffer.concat([head, sealed, cipher.getAuthTag()])
  return Buffer.concat([signed, sign(null, signed, publisher.privateKey)])
}

function countNames(names: readonly LockedName[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { category } of names) counts[category] = (counts[category] ?? 0) + 1
  return counts
}

function payloadOf(names: readonly LockedName[]): Buffer {
  const secret = randomBytes(KEYS_BYTES)
  const keys: LabelKeys = [secret.readInt32BE(0), secret.readInt32BE(4)]
  const digest = makeNameDigest(secret.subarray(KEYS_BYTES - DIGEST_KEY_BYTES))
  // In the order of random numbers, so that nothing is told by the order of the operator's file.
  const rows = names.map((one) => rowOf(one, keys, digest)).toSorted((a, b) => a.compare(b))
  return Buffer.concat([secret, ...rows])
}

function rowOf(
  { category, name, isExact }: LockedName,
  keys: LabelKeys,
  digest: NameDigest,
): Buffer {
  const wire = nameToWire(name)
  const row = Buffer.alloc(ROW_BYTES)
  row.writeInt32BE(labelHashOf(keys, wire))
  row.set(digest(wire, 0, wire.length), 4)
  row[ROW_BYTES - 1] = markOf(category, isExact)
  return row
}
