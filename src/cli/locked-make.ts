import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  BUNDLE_BYTES_MAX,
  ENDORSEMENTS_MAX,
  type Endorsement,
  endorsementSchema,
  LOCKED_NAMES_MAX,
  parseJson,
} from '#agent/locked/bundle-format.ts'
import { makeContentKey } from '#agent/locked/content-key.ts'
import { readNamesFile } from '#agent/locked/names-file.ts'
import {
  endorse,
  makePublisherKey,
  type PublisherKey,
  publisherId,
  readPublisherKey,
} from '#agent/locked/publisher-key.ts'
import { type LockedName, sealBundle } from '#agent/locked/seal-bundle.ts'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { writeBytesDurably, writeFileDurably } from '#platform/durable-file.ts'
import { type Invocation, valueOf } from './command.ts'
import { textOf } from './locked-input.ts'
import { contentKeyIn, givenPublisher } from './locked-install.ts'
import { plural } from './plural.ts'
import { printable } from './terminal-text.ts'

const OWNER_ONLY = 0o600
const BAD_LINES_SHOWN = 20

/** Makes a bundle of an operator's names. Nothing that it says holds one of them. */
export async function makeLocked(
  invocation: Invocation,
  out: string,
): Promise<Failure | undefined> {
  const publisher = signingKey(invocation)
  if (isFailure(publisher)) return publisher
  const keyFile = valueOf(invocation, 'key')
  if (keyFile === undefined) return failure('usage', '--key FILE is missing: the content key')
  const contentKey = contentKeyIn(invocation, keyFile)
  if (isFailure(contentKey)) return contentKey
  const endorsements = givenEndorsements(invocation)
  if (isFailure(endorsements)) return endorsements
  const names = givenNames(invocation)
  if (isFailure(names)) return names
  const madeAt = systemClock.wallMs()
  const serial = Number(valueOf(invocation, 'serial') ?? Math.floor(madeAt / 1000))
  if (!Number.isSafeInteger(serial) || serial < 1)
    return failure('usage', '--serial is a whole number from 1 on')
  const bytes = sealBundle({ names, publisher, contentKey, serial, madeAt, endorsements })
  if (bytes.length > BUNDLE_BYTES_MAX) return failure('usage', 'the bundle would be too large')
  const fault = save(invocation, out, bytes)
  if (fault) return fault
  invocation.say(
    `made ${printable(out)}: publisher ${publisherId(publisher.publicKey)}, serial ${serial}, ${plural(names.length, 'name')}`,
  )
  return undefined
}

/** Makes what a publisher needs; overwrites nothing. */
export async function makeKeys(
  invocation: Invocation,
  folder: string,
): Promise<Failure | undefined> {
  const root = resolve(invocation.folder, folder)
  const { key, pem } = makePublisherKey()
  const files = [
    ['publisher.key', pem],
    ['publisher.pub', `${key.publicKey}\n`],
    ['content.key', makeContentKey()],
  ] as const
  const there = files.find(([name]) => existsSync(join(root, name)))
  if (there) return failure('refused', `there is a ${there[0]} in ${printable(folder)} already`)
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    for (const [name, text] of files) writeFileDurably(join(root, name), text, OWNER_ONLY)
  } catch (error) {
    return cannotWrite(folder, error)
  }
  invocation.say(
    `made publisher.key (keep it offline), publisher.pub and content.key in ${printable(folder)}`,
  )
  invocation.say(`publisher ${publisherId(key.publicKey)}: ${key.publicKey}`)
  return undefined
}

/** Signs a new key with the old one. */
export async function endorseKey(
  invocation: Invocation,
  out: string,
): Promise<Failure | undefined> {
  const older = signingKey(invocation)
  if (isFailure(older)) return older
  const next = givenPublisher(invocation)
  if (next === undefined) return failure('usage', '--publisher KEY is missing: the new public key')
  if (isFailure(next)) return next
  const text = `${JSON.stringify(endorse(older, next))}\n`
  const fault = save(invocation, out, Buffer.from(text, 'utf8'))
  if (fault) return fault
  invocation.say(
    `made ${printable(out)}: publisher ${publisherId(older.publicKey)} endorses ${publisherId(next)}`,
  )
  return undefined
}

function signingKey(invocation: Invocation): PublisherKey | Failure {
  const file = valueOf(invocation, 'publisher-key')
  if (file === undefined)
    return failure('usage', '--publisher-key FILE is missing: the private key that signs')
  const text = textOf(invocation, file)
  if (isFailure(text)) return text
  const key = readPublisherKey(text)
  return isFailure(key) ? failure('usage', `${printable(file)} ${key.detail}`) : key
}

function givenEndorsements(invocation: Invocation): readonly Endorsement[] | Failure {
  const files = invocation.values.get('endorsement') ?? []
  if (files.length > ENDORSEMENTS_MAX)
    return failure('usage', `at most ${ENDORSEMENTS_MAX} endorsements`)
  const all: Endorsement[] = []
  for (const file of files) {
    const text = textOf(invocation, file)
    if (isFailure(text)) return text
    const read = endorsementSchema.safeParse(parseJson(text))
    if (!read.success) return failure('usage', `${printable(file)} is no endorsement`)
    all.push(read.data)
  }
  return all
}

function givenNames(invocation: Invocation): readonly LockedName[] | Failure {
  const file = valueOf(invocation, 'names')
  if (file === undefined) return failure('usage', '--names FILE is missing (- is standard input)')
  const text = textOf(invocation, file)
  if (isFailure(text)) return text
  const { names, bad, repeated } = readNamesFile(text)
  for (const { line, why } of bad.slice(0, BAD_LINES_SHOWN))
    invocation.complain(`line ${line}: ${why}`)
  if (bad.length > 0)
    return failure('refused', `${plural(bad.length, 'line')} cannot be used; no bundle was made`)
  if (names.length === 0) return failure('refused', 'there is no name; no bundle was made')
  if (names.length > LOCKED_NAMES_MAX)
    return failure('refused', `at most ${LOCKED_NAMES_MAX} names; there are ${names.length}`)
  if (repeated > 0) invocation.say(`${plural(repeated, 'line')} said what another had said`)
  return names
}

function save(invocation: Invocation, out: string, bytes: Buffer): Failure | undefined {
  try {
    writeBytesDurably(resolve(invocation.folder, out), bytes, { mode: OWNER_ONLY })
    return undefined
  } catch (error) {
    return cannotWrite(out, error)
  }
}

function cannotWrite(place: string, error: unknown): Failure<'disk'> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return failure('disk', `cannot write ${printable(place)} (${code})`)
}
