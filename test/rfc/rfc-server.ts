/** The pipeline behind its real listeners, between raw clients and a resolver, for each way in which it can be asked. */
import type { Test } from 'tap'
import type { Transport } from '#agent/query.ts'
import { isFailure } from '#domain/failure.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { askRaw } from '#test/support/dns-client.ts'
import { getPath, type HttpGot, openSession, sendHttp2 } from '#test/support/doh-client.ts'
import {
  type PipelineServer,
  type PipelineServerOptions,
  startPipelineServer,
} from '#test/support/pipeline-server.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { type QueryFields, queryOf, type RawReply, readReply } from './raw-message.ts'

/** For what must not be answered. */
const SILENCE_MS = 300
const ANSWER_MS = 10_000
/** The only name that is blocked. */
const BLOCKED = 'blocked.test'

type UdpWay = NonNullable<PipelineServerOptions['udp']>

/** One way to ask: another transport is another row. */
interface Way {
  readonly title: string
  readonly listener: UdpWay
  readonly transport: Transport
  /** Of HTTP, which takes a message in two ways. */
  readonly method?: 'GET' | 'POST'
}

const WAYS: readonly Way[] = [
  { title: 'UDP in batches', listener: 'batch', transport: 'udp' },
  { title: 'UDP by node', listener: 'node', transport: 'udp' },
  { title: 'TCP', listener: 'node', transport: 'tcp' },
  { title: 'TLS', listener: 'node', transport: 'dot' },
  { title: 'HTTPS by POST', listener: 'node', transport: 'doh', method: 'POST' },
  { title: 'HTTPS by GET', listener: 'node', transport: 'doh', method: 'GET' },
]

/** Messages that nobody on the way can read. */
export function isEncrypted(transport: Transport): boolean {
  return transport === 'dot' || transport === 'doh'
}

/** Connections of DNS itself, without HTTP. */
export function isStream(transport: Transport): boolean {
  return transport === 'tcp' || transport === 'dot'
}

/** One way to ask, with a server behind it. */
export interface Asked {
  readonly title: string
  readonly transport: Way['transport']
  readonly server: PipelineServer
  /** The answer, read to its last byte; throws where none comes. */
  readonly ask: (query: QueryFields) => Promise<RawReply>
  /** Of any bytes, what comes back. */
  readonly send: (message: Buffer) => Promise<RawReply>
  /** Whether no message comes back: over HTTPS, where something always does, that the request is refused as none (400). */
  readonly isSilent: (message: Buffer) => Promise<boolean>
}

export interface RfcServerOptions
  extends Partial<
    Pick<
      PipelineServerOptions,
      'cookies' | 'limits' | 'networks' | 'answers' | 'cacheLimits' | 'upstreamTimeoutMs'
    >
  > {
  /** Of an upstream that the test has made. */
  readonly upstreamPort?: number
  /** Zone file lines of a real one. */
  readonly records?: readonly string[]
}

/** Starts all listeners; says why not where a real resolver is needed and not installed. */
export async function startRfcServers(
  t: Test,
  { records = [], ...options }: RfcServerOptions = {},
): Promise<readonly Asked[] | string> {
  let { upstreamPort } = options
  if (upstreamPort === undefined) {
    const upstream = await startRealUpstream({ records })
    if (isFailure(upstream)) return upstream.detail
    t.teardown(() => upstream.stop())
    upstreamPort = upstream.port
  }
  const ways: Asked[] = []
  const rules = makeRules([[BLOCKED, 'harm.gore']])
  for (const udp of ['batch', 'node'] as const) {
    if (udp === 'batch' && !loadLibc()) continue
    const timing = { upstreamTimeoutMs: 3_000 }
    const encrypted = udp === 'node'
    const where = { rules, upstreamPort, udp, encrypted }
    const server = await startPipelineServer({ ...timing, ...options, ...where })
    t.teardown(() => server.close())
    await server.workerUp()
    for (const way of WAYS) if (way.listener === udp) ways.push(askedBy(way, server))
  }
  return ways
}

function askedBy(way: Way, server: PipelineServer): Asked {
  const { title, transport } = way
  const port = server.ports[transport]
  const send = async (message: Buffer): Promise<RawReply> => {
    const reply = way.method
      ? messageIn(await sendHttps(way.method, port, message))
      : await askRaw(message, { port, transport, timeoutMs: ANSWER_MS })
    if (!reply) throw new Error(`no answer to ${message.toString('hex')}`)
    return readReply(reply)
  }
  return {
    title,
    transport,
    server,
    send,
    ask: (query) => send(queryOf(query)),
    isSilent: async (message) =>
      way.method
        ? (await sendHttps(way.method, port, message)).status === 400
        : (await askRaw(message, { port, transport, timeoutMs: SILENCE_MS })) === undefined,
  }
}

/** By a session of its own, as the others by a connection of their own. */
async function sendHttps(method: 'GET' | 'POST', port: number, message: Buffer): Promise<HttpGot> {
  const session = await openSession(port)
  const sent = method === 'GET' ? { path: getPath(message) } : { body: message }
  return sendHttp2(session, sent).finally(() => session.destroy())
}

function messageIn({ status, body }: HttpGot): Buffer | undefined {
  return status === 200 ? body : undefined
}
