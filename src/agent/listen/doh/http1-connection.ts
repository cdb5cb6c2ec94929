import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Connection } from '../stream-server.ts'
import type { StreamListenOptions } from '../tcp.ts'
import { answerMessage, type HttpAnswer, refusal } from './answer-request.ts'
import { DOH_LIMITS } from './doh-limits.ts'
import { type ReadRequest, readBody, readRequest, refused } from './read-request.ts'

/** Hands a socket to HTTP/1.1. */
export type OpenHttp1 = (socket: TLSSocket, client: string) => Connection

/**
 * DNS over HTTP/1.1, for clients that know nothing newer (RFC 8484 section 5.2 recommends HTTP/2). The server never listens by
 * itself, so its own time limits do not run: each connection has a timer.
 */
export function makeHttp1(options: StreamListenOptions): OpenHttp1 {
  const connections = new Map<object, Http1Connection>()
  const server = createServer(
    {
      maxHeaderSize: DOH_LIMITS.headerBytes,
      keepAliveTimeout: options.limits.idleMs,
      requireHostHeader: false,
    },
    (request, response) => connections.get(request.socket)?.take(request, response),
  )
  server.timeout = options.limits.idleMs
  server.maxHeadersCount = DOH_LIMITS.headerPairs
  server.maxRequestsPerSocket = options.limits.queriesPerConnectionMax
  server.on('clientError', (_, socket) => socket.destroy())
  return (socket, client) => {
    const connection = new Http1Connection(socket, client, options)
    connections.set(socket, connection)
    socket.once('close', () => connections.delete(socket))
    connection.start(server)
    return connection
  }
}

class Http1Connection implements Connection {
  readonly #socket: TLSSocket
  readonly #client: string
  readonly #options: StreamListenOptions
  #waiting = 0
  #isEnding = false
  #timer: NodeJS.Timeout | undefined

  constructor(socket: TLSSocket, client: string, options: StreamListenOptions) {
    this.#socket = socket
    this.#client = client
    this.#options = options
    socket.on('error', () => socket.destroy())
    socket.once('close', () => clearTimeout(this.#timer))
  }

  start(server: Server): void {
    this.#mustGoOn(this.#options.limits.idleMs)
    server.emit('connection', this.#socket)
  }

  finish(): void {
    this.#isEnding = true
    if (this.#waiting === 0) this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  take(request: IncomingMessage, response: ServerResponse): void {
    const { limits } = this.#options
    if (++this.#waiting > DOH_LIMITS.streams) return this.destroy()
    response.once('close', () => {
      this.#waiting--
      if (this.#isEnding && this.#waiting === 0) this.destroy()
    })
    this.#mustGoOn(DOH_LIMITS.requestMs)
    const read = readRequest(
      {
        method: request.method ?? '',
        target: request.url ?? '',
        contentType: request.headers['content-type'],
        contentLength: request.headers['content-length'],
      },
      limits.queryBytesMax,
    )
    if (read.kind === 'body') this.#readBody(request, response, read.endpoint)
    else this.#answer(response, read)
  }

  #readBody(
    request: IncomingMessage,
    response: ServerResponse,
    endpoint: string | undefined,
  ): void {
    const parts: Buffer[] = []
    let length = 0
    request.on('data', (part: Buffer) => {
      length += part.length
      if (length <= this.#options.limits.queryBytesMax) parts.push(part)
      else this.#send(response, refusal(refused(413, 'the DNS message is too long')))
    })
    request.once('end', () => this.#answer(response, readBody(Buffer.concat(parts), endpoint)))
  }

  #answer(response: ServerResponse, read: ReadRequest): void {
    if (response.headersSent || response.destroyed || read.kind === 'body') return
    clearTimeout(this.#timer)
    if (read.kind === 'refused') return this.#send(response, refusal(read))
    const client = { address: this.#client, endpoint: read.endpoint }
    answerMessage(read.message, client, this.#options, (answer) => this.#send(response, answer))
  }

  #send(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
    if (response.headersSent || response.destroyed) return
    this.#mustGoOn(DOH_LIMITS.answerMs + this.#options.limits.idleMs)
    // A refused request may have a body that is still coming; nobody reads that.
    const isLast = this.#isEnding || status !== 200
    response.writeHead(status, { ...headers, ...(isLast && { connection: 'close' }) })
    response.end(body)
  }

  /** The connection ends unless something comes of it in time. */
  #mustGoOn(withinMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.destroy(), withinMs)
  }
}
