import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { KeyPair } from '#platform/key-pair.ts'
import { clientKey } from './client-key.ts'
import { PAGE_LIMITS } from './page-limits.ts'
import type { PageEndpoint, PageOutcome } from './page-messages.ts'

export interface ListenerOptions {
  readonly serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly count: (outcome: PageOutcome) => void
}

/** A server of the page on one endpoint. */
export interface PageListener {
  readonly address: string
  readonly port: number
  readonly useKeyPair: (pair: KeyPair) => void
  readonly close: () => Promise<void>
}

const SERVER_OPTIONS = {
  maxHeaderSize: PAGE_LIMITS.headerBytes,
  headersTimeout: PAGE_LIMITS.headersTimeoutMs,
  requestTimeout: PAGE_LIMITS.requestTimeoutMs,
  keepAliveTimeout: PAGE_LIMITS.keepAliveMs,
  connectionsCheckingInterval: 1_000,
  // Missing Host: the page answers "this address" instead.
  requireHostHeader: false,
} as const

/** Serves HTTP or, with a key pair, HTTPS (TLS 1.2 at least). Rejects when the endpoint cannot be bound. */
export async function listenPage(
  { address, port }: PageEndpoint,
  pair: KeyPair | undefined,
  options: ListenerOptions,
): Promise<PageListener> {
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    options.serve(request, response).catch(() => response.destroy())
  }
  const secure = pair && createTlsServer({ ...SERVER_OPTIONS, ...tlsOptions(pair) }, serve)
  const server: Server = secure ?? createServer(SERVER_OPTIONS, serve)
  limitConnections(server, options)
  await bind(server, address, port)
  const bound = server.address()
  return {
    address,
    port: typeof bound === 'object' && bound ? bound.port : port,
    useKeyPair: (next) => secure?.setSecureContext(tlsOptions(next)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function tlsOptions({ cert, key }: KeyPair) {
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    handshakeTimeout: PAGE_LIMITS.handshakeTimeoutMs,
    ALPNProtocols: ['http/1.1'],
  } as const
}

/** Too many connections are closed before a byte of them is read. */
function limitConnections(server: Server, { count }: ListenerOptions): void {
  const open = new Map<string, number>()
  server.maxConnections = PAGE_LIMITS.connections
  server.maxRequestsPerSocket = PAGE_LIMITS.requestsPerConnection
  server.on('drop', () => count('too-many-connections'))
  server.on('connection', (socket: Socket) => {
    const client = clientKey(socket.remoteAddress ?? '')
    const held = (open.get(client) ?? 0) + 1
    if (held > PAGE_LIMITS.connectionsPerClient) {
      count('too-many-connections')
      socket.destroy()
      return
    }
    open.set(client, held)
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1
      if (left > 0) open.set(client, left)
      else open.delete(client)
    })
  })
  server.on('clientError', (_, socket) => {
    count('bad-request')
    socket.destroy()
  })
  server.on('tlsClientError', (_, socket: Socket) => socket.destroy())
}

function bind(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, ipv6Only: address.includes(':') }, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      resolve()
    })
  })
}
