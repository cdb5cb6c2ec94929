import { createDecipheriv } from 'node:crypto'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import {
  categoryOfMark,
  DIGEST_BYTES,
  type LockedNames,
  type LockedRows,
} from '#rules/locked-names.ts'
import {
  type BundleHeader,
  type BundleParts,
  DIGEST_KEY_BYTES,
  KEYS_BYTES,
  ROW_BYTES,
  readBundle,
  TAG_BYTES,
} from './bundle-format.ts'
import { bundleSecrets } from './content-key.ts'
import { namesOf } from './names-of-rows.ts'
import { checkPublisher } from './publisher-key.ts'

/** A bundle that was found good, ready to be looked into. */
export interface OpenedBundle {
  readonly header: BundleHeader
  readonly names: LockedNames
}

export interface OpenOptions {
  /** The public key of the publisher that is trusted. */
  readonly pinned: string
  /** The content key of an id, where there is one. */
  readonly keyOf: (keyId: string) => Buffer | undefined
}

/** Checks a whole bundle and opens it. Takes time with its size: some 100 ms at LOCKED_NAMES_MAX. Never throws. */
export function openBundle(
  bytes: Buffer,
  { pinned, keyOf }: OpenOptions,
): OpenedBundle | Failure<'bad-bundle' | 'wrong-publisher' | 'no-key'> {
  const parts = readBundle(bytes)
  if (isFailure(parts)) return parts
  const stranger = checkPublisher(parts, pinned)
  if (stranger) return stranger
  const key = keyOf(parts.header.keyId)
  if (!key)
    return failure('no-key', `the content key ${parts.header.keyId} of the bundle is not here`)
  const payload = decrypt(parts, key)
  if (!payload) return failure('no-key', 'the content key does not open the bundle')
  const rows = readRows(payload, parts.header)
  if (!rows) return failure('bad-bundle', 'the bundle does not hold what its header says')
  return { header: parts.header, names: namesOf(rows) }
}

function decrypt({ header, head, payload }: BundleParts, contentKey: Buffer): Buffer | undefined {
  const { key, nonce } = bundleSecrets(contentKey, header.salt)
  const decipher = createDecipheriv('aes-256-gcm', key, nonce)
  decipher.setAAD(head)
  decipher.setAuthTag(payload.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(payload.subarray(0, -TAG_BYTES)), decipher.final()])
  } catch {
    return undefined
  }
}

function readRows(payload: Buffer, header: BundleHeader): LockedRows | undefined {
  const size = (payload.length - KEYS_BYTES) / ROW_BYTES
  if (!Number.isInteger(size)) return undefined
  const rows = {
    keys: [payload.readInt32BE(0), payload.readInt32BE(4)] as const,
    digestKey: Uint8Array.from(payload.subarray(KEYS_BYTES - DIGEST_KEY_BYTES, KEYS_BYTES)),
    hashes: new Int32Array(size),
    digests: new Uint8Array(size * DIGEST_BYTES),
    marks: new Uint8Array(size),
  }
  const counts = new Map(Object.entries(header.names))
  for (let row = 0; row < size; row++) {
    const at = KEYS_BYTES + row * ROW_BYTES
    rows.hashes[row] = payload.readInt32BE(at)
    payload.copy(rows.digests, row * DIGEST_BYTES, at + 4, at + 4 + DIGEST_BYTES)
    const mark = payload.readUInt8(at + ROW_BYTES - 1)
    const category = categoryOfMark(mark)
    if (category === undefined) return undefined
    rows.marks[row] = mark
    counts.set(category, (counts.get(category) ?? 0) - 1)
  }
  return [...counts.values()].every((left) => left === 0) ? rows : undefined
}
