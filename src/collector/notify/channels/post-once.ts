import { type IncomingMessage, request as plainRequest } from 'node:http'
import { Agent, type RequestOptions, request as tlsRequest } from 'node:https'
import { rootCertificates } from 'node:tls'
import { failure, isFailure } from '#domain/failure.ts'
import { parseAddress } from '#domain/ip-address.ts'
import { isProxied } from '#platform/is-proxied.ts'
import { proxyEnvironment } from '#platform/proxy-environment.ts'
import { NOTIFY_LIMITS } from '../notify-limits.ts'
import type { Senders } from '../settings/notify-settings.ts'
import { ACCEPTED, type SendFailure, type SendOutcome } from './channel.ts'
import { checkedHost, plainHost } from './checked-host.ts'
import { pinnedLookup } from './pinned-lookup.ts'

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Of an answer's head. */
const HEADER_BYTES_MAX = 16_384

/**
 * One POST. No redirect is followed, no private address reached that was not named, certificates are checked, at most
 * `responseBytesMax` of the answer are read. Never rejects for what the other side does. `onGone` hears that nothing is there
 * any more, and never will be.
 */
export async function postOnce(
  post: Post,
  senders: Pick<Senders, 'privateHosts' | 'ca'>,
  signal: AbortSignal,
  onGone: () => void = () => undefined,
): Promise<SendOutcome> {
  const url = new URL(post.url)
  const isPrivate = senders.privateHosts.includes(plainHost(url.hostname))
  if (url.protocol !== 'https:' && !isPrivate)
    return failure('refused', `${url.host} is not asked over https`)
  const way = await wayTo(url, senders.privateHosts)
  if (isFailure(way)) return way
  try {
    const answer = await answerOf(url, post, {
      ...way,
      maxHeaderSize: HEADER_BYTES_MAX,
      signal,
      ...(senders.ca.length > 0 ? { ca: [...rootCertificates, ...senders.ca] } : {}),
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
    } as const)
    if (GONE.has(answer.statusCode ?? 0)) onGone()
    return await outcomeOf(answer, url.host)
  } catch (error) {
    return faultOf(error, url.host, signal)
  }
}

/**
 * How a host is reached: at its own address, or through the proxy that the environment names, which then looks names up by
 * itself. An address that stands in a URL is checked all the same, and a host of the school's own is never asked through a proxy.
 */
async function wayTo(
  url: URL,
  privateHosts: readonly string[],
): Promise<Pick<RequestOptions, 'agent' | 'lookup'> | SendFailure> {
  const host = plainHost(url.hostname)
  const proxyEnv = proxyEnvironment()
  const isBehindProxy = !privateHosts.includes(host) && isProxied(url, proxyEnv)
  if (!isBehindProxy || parseAddress(host) !== undefined) {
    const addresses = await checkedHost(host, privateHosts)
    if (isFailure(addresses)) return addresses
    if (!isBehindProxy) return { agent: false, lookup: pinnedLookup(addresses) }
  }
  return { agent: new Agent({ keepAlive: false, proxyEnv: { ...proxyEnv } }) }
}

function answerOf(
  url: URL,
  { headers, body }: Post,
  options: Parameters<typeof tlsRequest>[1],
): Promise<IncomingMessage> {
  const length = String(Buffer.byteLength(body))
  const request = url.protocol === 'https:' ? tlsRequest : plainRequest
  return new Promise((resolve, reject) => {
    const asked = request(url, {
      ...options,
      method: 'POST',
      headers: { 'user-agent': 'supercloud-edge', ...headers, 'content-length': length },
    })
    asked.on('error', reject)
    asked.on('response', resolve)
    asked.end(body)
  })
}

/** What the other side says may help whoever looks after it; it is cut, and shown as hostile text. */
async function outcomeOf(answer: IncomingMessage, host: string): Promise<SendOutcome> {
  const { statusCode: status = 0 } = answer
  const text = await boundedText(answer)
  if (status >= 200 && status < 300) return ACCEPTED
  if (status >= 300 && status < 400)
    return failure('refused', `${host} answers with status ${status}; redirects are not followed`)
  const kind = status >= 500 || LATER.has(status) ? 'failed' : 'refused'
  return failure(kind, `${host} answers with status ${status}: ${text}`)
}
/** Too slow, too early, too many. */
const LATER = new Set([408, 425, 429])
const GONE = new Set([404, 410])

async function boundedText(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of answer) {
    const buffer = Buffer.from(part)
    bytes += buffer.length
    if (bytes > NOTIFY_LIMITS.responseBytesMax) break // Leaving the loop destroys the answer.
    parts.push(buffer)
  }
  return Buffer.concat(parts).toString('utf8').slice(0, NOTIFY_LIMITS.detailCharsMax)
}

function faultOf(error: unknown, host: string, signal: AbortSignal): SendFailure {
  if (signal.aborted) return failure('failed', `${host} took too long`)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return failure('failed', `${host} cannot be reached (${code})`)
}
