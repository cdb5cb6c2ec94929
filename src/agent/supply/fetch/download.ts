import { rmSync } from 'node:fs'
import { type Failure, failure, isFailure } from '#domain/failure.ts'
import { isProxied } from '#platform/is-proxied.ts'
import type { ProxyEnvironment } from '#platform/proxy-environment.ts'
import { checkedAddresses, type HostRules, literalFault } from './checked-addresses.ts'
import { type GetFailure, type GetOptions, type Got, getFile } from './get-file.ts'

const REDIRECTS_MAX = 5

/** How downloads are made; the same for every list. */
export interface DownloadSettings {
  readonly hosts: HostRules
  readonly proxy: ProxyEnvironment
  readonly ca: readonly string[] | undefined
  readonly wireBytesMax: number
  readonly bytesMax: number
  readonly idleMs: number
  readonly totalMs: number
}

/** What the server said of a version that is held, so that it need not send it again. */
export interface Validators {
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
}

export interface Download {
  readonly url: string
  readonly target: string
  readonly validators: Validators
  /** False where the very bytes count, because they are signed. */
  readonly mayBeCoded: boolean
}

export type DownloadFailure = GetFailure | Failure<'private-address' | 'bad-redirect'>
export type Downloaded = Exclude<Got, { readonly kind: 'moved' }>

/** Downloads one file, following redirects from https to https; every hop's address is checked. Never rejects for what a server does. */
export async function download(
  task: Download,
  settings: DownloadSettings,
): Promise<Downloaded | DownloadFailure> {
  const signal = AbortSignal.timeout(settings.totalMs)
  let url = new URL(task.url)
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    const got = await oneHop(url, task, { settings, signal })
    if (isFailure(got)) return got
    if (got.kind === 'not-modified' && !isConditional(task.validators))
      return failure('bad-status', 'the server says that nothing has changed, but was not asked')
    if (got.kind !== 'moved') return got
    const next = nextUrl(got.location, url)
    if (isFailure(next)) return next
    url = next
  }
  return failure('bad-redirect', `it is redirected more than ${REDIRECTS_MAX} times`)
}

async function oneHop(
  url: URL,
  { target, validators, mayBeCoded }: Download,
  { settings, signal }: { readonly settings: DownloadSettings; readonly signal: AbortSignal },
): Promise<Got | DownloadFailure> {
  const isBehindProxy = isProxied(url, settings.proxy)
  const addresses = isBehindProxy
    ? literalFault(url.hostname, settings.hosts)
    : await checkedAddresses(url.hostname, settings.hosts)
  if (isFailure(addresses)) return addresses
  rmSync(target, { force: true })
  const options: GetOptions = {
    ...settings,
    url,
    target,
    signal,
    addresses,
    proxy: isBehindProxy ? { HTTPS_PROXY: settings.proxy.HTTPS_PROXY ?? '' } : {},
    headers: headersFor(validators, mayBeCoded),
  }
  return getFile(options)
}

function headersFor(
  { etag, lastModified }: Validators,
  mayBeCoded: boolean,
): Readonly<Record<string, string>> {
  return {
    'user-agent': 'supercloud-edge',
    accept: '*/*',
    'accept-encoding': mayBeCoded ? 'gzip' : 'identity',
    ...(etag === undefined ? {} : { 'if-none-match': etag }),
    ...(lastModified === undefined ? {} : { 'if-modified-since': lastModified }),
  }
}

function isConditional({ etag, lastModified }: Validators): boolean {
  return etag !== undefined || lastModified !== undefined
}

function nextUrl(location: string, from: URL): URL | Failure<'bad-redirect'> {
  const next = URL.parse(location, from.href)
  const quoted = JSON.stringify(location.slice(0, 100))
  if (!next) return failure('bad-redirect', `it is redirected to ${quoted}, which is no address`)
  if (next.protocol !== 'https:')
    return failure('bad-redirect', `it is redirected to ${quoted}, which is not https`)
  if (next.username || next.password)
    return failure('bad-redirect', `it is redirected to an address with a password`)
  return next
}
