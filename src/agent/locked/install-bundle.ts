import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { type FileAccess, writeBytesDurably } from '#platform/durable-file.ts'
import type { BundleHeader } from './bundle-format.ts'
import { contentKeyId } from './content-key.ts'
import {
  bundlePath,
  contentKeyFiles,
  contentKeyPath,
  type LockedRecord,
  readKeyOf,
  readRecord,
  recordPath,
} from './locked-files.ts'
import { openBundle } from './open-bundle.ts'
import { publisherId } from './publisher-key.ts'

const OWNER_ONLY = 0o600
/** A bundle from further ahead means that this machine's clock is wrong, and its age could not be told. */
const AHEAD_MS_MAX = 24 * 3_600_000

export interface InstallOptions {
  /** The agent's part of the state folder; it exists. */
  readonly folder: string
  readonly bytes: Buffer
  /** Needed at the first installation: whose bundles are trusted from then on. */
  readonly publisher: string | undefined
  /** Absent where the key of the bundle is on the box already. */
  readonly contentKey: Buffer | undefined
  /** Wall time. */
  readonly nowMs: number
}

/**
 * Puts a bundle in the place of the one before, after it was checked as a whole. The order of writing is such that a power cut
 * leaves the old bundle or the new one, with its key. Throws when the disk does; changes nothing where it fails.
 */
export function installBundle(options: InstallOptions): BundleHeader | Failure {
  const { folder, bytes, contentKey, nowMs } = options
  const record = readRecord(folder)
  if (record === 'unreadable')
    return failure('bad-record', `${recordPath(folder)} is not understood; restore it`)
  const pinned = trustedKey(record, options.publisher)
  if (isFailure(pinned)) return pinned
  const own = readKeyOf(folder)
  const keyOf = (id: string): Buffer | undefined => {
    if (contentKey === undefined) return own(id)
    return contentKeyId(contentKey) === id ? contentKey : undefined
  }
  const opened = openBundle(bytes, { pinned, keyOf })
  if (isFailure(opened)) return opened
  const { header } = opened
  const refusal = refuseTime(header, record, nowMs)
  if (refusal) return refusal
  write(options, header, record)
  return header
}

/** Whose signature counts. A box that has trusted a publisher goes on with that one, or with whom it endorses. */
function trustedKey(
  record: LockedRecord | undefined,
  asked: string | undefined,
): string | Failure<'wrong-publisher'> {
  if (record === undefined)
    return (
      asked ??
      failure('wrong-publisher', 'the first bundle needs --publisher: whose bundles to trust')
    )
  if (asked === undefined || asked === record.publisher) return record.publisher
  const known = publisherId(record.publisher)
  return failure(
    'wrong-publisher',
    `publisher ${known} is trusted here already; another key counts when a bundle brings that one's endorsement`,
  )
}

function refuseTime(
  { serial, madeAt }: BundleHeader,
  record: LockedRecord | undefined,
  nowMs: number,
): Failure<'too-old' | 'too-new'> | undefined {
  if (record && serial < record.serial)
    return failure(
      'too-old',
      `serial ${serial} is older than ${record.serial}, which was installed`,
    )
  return madeAt - nowMs > AHEAD_MS_MAX
    ? failure('too-new', 'the bundle was made in the future: set the clock of this machine')
    : undefined
}

function write(
  { folder, bytes, contentKey }: InstallOptions,
  header: BundleHeader,
  before: LockedRecord | undefined,
): void {
  // The agent runs as the owner of its folder, whoever installs.
  const { uid, gid } = statSync(folder)
  const isOther = process.geteuid?.() !== uid
  const access: FileAccess = { mode: OWNER_ONLY, ...(isOther ? { owner: { uid, gid } } : {}) }
  const remember = (record: LockedRecord): void =>
    writeBytesDurably(recordPath(folder), Buffer.from(`${JSON.stringify(record)}\n`), access)
  const keyPath = contentKeyPath(folder, header.keyId)
  if (contentKey)
    writeBytesDurably(keyPath, Buffer.from(`${contentKey.toString('base64url')}\n`), access)
  const { publisher, serial } = header
  // An agent takes no bundle without a record, and none of a publisher that the record does not lead to.
  if (!before) remember({ v: 1, publisher, serial: 0 })
  writeBytesDurably(bundlePath(folder), bytes, access)
  remember({ v: 1, publisher, serial })
  for (const name of contentKeyFiles(folder))
    if (join(folder, name) !== keyPath) rmSync(join(folder, name), { force: true })
}
