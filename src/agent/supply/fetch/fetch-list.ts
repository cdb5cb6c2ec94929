import { readFileSync, rmSync } from 'node:fs'
import { getCACertificates } from 'node:tls'
import { failure, isFailure } from '#domain/failure.ts'
import { systemClock } from '#platform/clock.ts'
import { proxyEnvironment } from '#platform/proxy-environment.ts'
import type { ListOrigin, ListSignature, ReadyList } from '../../policy/ready-config.ts'
import type { Offer } from '../keep-version.ts'
import type { ListFailure, ListRecord } from '../list-record.ts'
import { checkSignature, readPublicKey, SIGNATURE_FILE_BYTES_MAX } from '../minisign.ts'
import type { SupplySettings } from '../supply-job.ts'
import type { Taken } from '../take-list.ts'
import { type DownloadSettings, download, type Validators } from './download.ts'

export interface Fetching {
  readonly list: ReadyList
  readonly origin: Extract<ListOrigin, { kind: 'url' }>
  readonly record: ListRecord
  /** Where the download goes; `.minisig` after it for its signature. */
  readonly target: string
  readonly settings: SupplySettings
  /** Looks into what was downloaded. */
  readonly offer: (one: Offer) => Promise<Taken>
}

/**
 * Downloads a list: each address in turn until one gives a list that may be used, or one that waits for a person. What is told
 * of a failure is the first address's, because that is the one that somebody can do something about.
 */
export async function fetchList(fetching: Fetching): Promise<Taken> {
  const settings = downloadSettings(fetching.settings)
  if (isFailure(settings)) return settings
  let first: ListFailure | undefined
  for (const url of fetching.origin.urls) {
    const taken = await fetchFrom(url, fetching, settings)
    if (!isFailure(taken)) return taken
    first ??= taken
  }
  const { urls } = fetching.origin
  const others = urls.length > 1 ? `; nor could ${urls.length - 1} mirrors help` : ''
  if (first) return failure(first.failure, `${first.detail}${others}`)
  return failure('internal', 'there is no address to ask')
}

async function fetchFrom(
  url: string,
  { origin, record, target, offer }: Fetching,
  settings: DownloadSettings,
): Promise<Taken> {
  const mayBeCoded = origin.signature === undefined
  const validators = validatorsFor(url, record)
  const got = await download({ url, target, validators, mayBeCoded }, settings)
  if (isFailure(got)) return got
  if (got.kind === 'not-modified') return { kind: 'unchanged', isHeld: record.held !== undefined }
  const forged = origin.signature && (await checkSigned(url, target, origin.signature, settings))
  if (forged) return forged
  const { etag, lastModified } = got
  return offer({
    path: target,
    isFolder: false,
    updatedAt: changedAt(lastModified),
    url,
    etag,
    lastModified,
  })
}

/** What the server need not send again: the newest that we hold, if it is from this very address. */
function validatorsFor(url: string, { good, held, source }: ListRecord): Validators {
  const newest = held ?? good
  if (newest?.url !== url || newest.source !== source) return {}
  return { etag: newest.etag, lastModified: newest.lastModified }
}

/** The server's own word, unless it is no date or lies ahead of our clock. */
function changedAt(lastModified: string | undefined): number {
  const now = systemClock.wallMs()
  const told = Date.parse(lastModified ?? '')
  return told > 0 && told < now ? told : now
}

/** A list that must be signed and is not, is refused: there is no way back to unsigned. */
async function checkSigned(
  url: string,
  file: string,
  signature: ListSignature,
  settings: DownloadSettings,
): Promise<ListFailure | undefined> {
  const key = readPublicKey(signature.key)
  if (isFailure(key)) return key
  const target = `${file}.minisig`
  const got = await download(
    { url: signature.url ?? beside(url), target, validators: {}, mayBeCoded: false },
    { ...settings, wireBytesMax: SIGNATURE_FILE_BYTES_MAX, bytesMax: SIGNATURE_FILE_BYTES_MAX },
  )
  if (isFailure(got)) return failure('bad-signature', `its signature cannot be had: ${got.detail}`)
  const text = readFileSync(target, 'utf8')
  rmSync(target, { force: true })
  return checkSignature(file, text, key)
}

function beside(text: string): string {
  const url = new URL(text)
  url.pathname += '.minisig'
  return url.href
}

function downloadSettings({
  limits,
  downloads,
  nameServers,
}: SupplySettings): DownloadSettings | ListFailure {
  const ca = certificates(downloads.caFile)
  if (isFailure(ca)) return ca
  return {
    hosts: { privateHosts: downloads.privateHosts, nameServers },
    proxy: proxyEnvironment(),
    ca,
    wireBytesMax: limits.listDownloadBytes,
    bytesMax: limits.listBytes,
    idleMs: limits.listIdleMs,
    totalMs: limits.listDownloadMs,
  }
}

function certificates(file: string | undefined): readonly string[] | undefined | ListFailure {
  if (file === undefined) return undefined
  try {
    return [...getCACertificates('default'), readFileSync(file, 'utf8')]
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return failure(
      'bad-certificate',
      `the file of certificates (downloads.ca) cannot be read (${code})`,
    )
  }
}
