import type { LookupAddress } from 'node:dns'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { LookupFunction } from 'node:net'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Failure, failure } from '#domain/failure.ts'
import type { ProxyEnvironment } from '#platform/proxy-environment.ts'
import { fileSink } from '../unpack/file-sink.ts'
import { UnpackBudget } from '../unpack/unpack-budget.ts'
import { UnpackFault } from '../unpack/unpack-fault.ts'

/** Of an answer's head. */
const HEADER_BYTES_MAX = 16_384

export interface GetOptions {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Where to connect, checked before; undefined behind a proxy, which looks names up by itself. */
  readonly addresses: readonly LookupAddress[] | undefined
  readonly proxy: ProxyEnvironment
  /** Certificates to believe; undefined for the usual ones. */
  readonly ca: readonly string[] | undefined
  /** Does not exist yet. */
  readonly target: string
  readonly wireBytesMax: number
  readonly bytesMax: number
  readonly idleMs: number
  /** The end of all patience. */
  readonly signal: AbortSignal
}

/** What one request brought. */
export type Got =
  | {
      readonly kind: 'file'
      readonly etag: string | undefined
      readonly lastModified: string | undefined
    }
  | { readonly kind: 'not-modified' }
  /** `location` is hostile text. */
  | { readonly kind: 'moved'; readonly location: string }

export type GetFailure = Failure<
  'unreachable' | 'timeout' | 'bad-status' | 'bad-certificate' | 'too-large' | 'cut-off'
>

/** One GET over https into a file, without following anything. Never rejects for what a server does. */
export async function getFile(options: GetOptions): Promise<Got | GetFailure> {
  const agent = new Agent({
    ...(options.addresses
      ? { lookup: pinned(options.addresses) }
      : { proxyEnv: { ...options.proxy } }),
    ...(options.ca ? { ca: [...options.ca] } : {}),
    // Whatever the environment says.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  })
  try {
    return await take(await responseOf(options, agent), options)
  } catch (error) {
    return failureOf(error, options)
  } finally {
    agent.destroy()
  }
}

function responseOf(options: GetOptions, agent: Agent): Promise<IncomingMessage> {
  const { url, headers, signal, idleMs } = options
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers, signal, maxHeaderSize: HEADER_BYTES_MAX })
    let answer: IncomingMessage | undefined
    asked.setTimeout(idleMs, () => {
      const idle = new IdleError(`nothing came for ${idleMs} ms`)
      if (answer) answer.destroy(idle)
      else asked.destroy(idle)
    })
    asked.on('error', reject)
    asked.on('response', (response) => {
      answer = response
      resolve(response)
    })
    asked.end()
  })
}

class IdleError extends Error {
  readonly code = 'EDGE_IDLE'
}

async function take(response: IncomingMessage, options: GetOptions): Promise<Got | GetFailure> {
  const { statusCode: status = 0, headers } = response
  try {
    if (status === 304) return { kind: 'not-modified' }
    if (MOVED.has(status)) return { kind: 'moved', location: headers.location ?? '' }
    if (status !== 200) return failure('bad-status', `the server answers with status ${status}`)
    const length = Number(headers['content-length'] ?? 0)
    if (length > options.wireBytesMax) return tooLarge(options.wireBytesMax)
    await save(response, options)
    return { kind: 'file', etag: headers.etag, lastModified: headers['last-modified'] }
  } finally {
    response.destroy()
  }
}
const MOVED = new Set([301, 302, 303, 307, 308])

async function save(response: IncomingMessage, options: GetOptions): Promise<void> {
  const coding = response.headers['content-encoding'] ?? 'identity'
  const budget = new UnpackBudget(options.bytesMax)
  const wire = counted(response, options.wireBytesMax, budget)
  const sink = fileSink(options.target)
  try {
    if (coding === 'identity') for await (const chunk of wire) sink.write(chunk)
    else if (coding !== 'gzip' && coding !== 'x-gzip')
      throw new UnpackFault(
        'bad-archive',
        `content-encoding ${JSON.stringify(coding.slice(0, 40))}`,
      )
    else
      for await (const chunk of pipeline(wire, createGunzip(), () => undefined)) {
        budget.spend(chunk.length)
        sink.write(chunk)
      }
  } finally {
    sink.end()
  }
}

async function* counted(
  response: IncomingMessage,
  bytesMax: number,
  budget: UnpackBudget,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of response) {
    const buffer = Buffer.from(chunk)
    bytes += buffer.length
    budget.feed(buffer.length)
    if (bytes > bytesMax) throw new UnpackFault('too-large', tooLarge(bytesMax).detail)
    yield buffer
  }
}

function tooLarge(bytesMax: number): Failure<'too-large'> {
  return failure('too-large', `the download is larger than ${bytesMax} bytes`)
}

/** Gives every asker the addresses that were checked, in either of the two forms of `dns.lookup`. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses
    if (all === true) callback(null, [...addresses])
    else callback(null, first?.address ?? '', first?.family ?? 4)
  }
}

function failureOf(error: unknown, { signal, url }: GetOptions): GetFailure {
  if (error instanceof UnpackFault)
    return failure(error.reason === 'too-large' ? 'too-large' : 'cut-off', error.message)
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  if (error instanceof IdleError) return failure('timeout', error.message)
  if (signal.aborted) return failure('timeout', 'the download took too long')
  if (CERTIFICATE.test(code))
    return failure(
      'bad-certificate',
      `the certificate of ${url.host} is not to be believed (${code})`,
    )
  if (code.startsWith('Z_') || code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return failure('cut-off', `the download was cut off (${code})`)
  return failure('unreachable', `${url.host} cannot be reached (${code})`)
}
/** Node's and OpenSSL's codes for certificates, as in "Common TLS certificate error codes" of Node's manual. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|HOSTNAME|CRL_/
