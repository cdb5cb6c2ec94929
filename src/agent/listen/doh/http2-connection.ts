import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import type { Connection } from '../stream-server.ts'
import type { StreamListenOptions } from '../tcp.ts'
import { answerMessage, type HttpAnswer, refusal } from './answer-request.ts'
import { DOH_LIMITS } from './doh-limits.ts'
import { type ReadRequest, readBody, readRequest, refused } from './read-request.ts'

const SETTINGS = {
  settings: {
    enablePush: false,
    maxConcurrentStreams: DOH_LIMITS.streams,
    maxHeaderListSize: DOH_LIMITS.headerBytes,
  },
  maxHeaderListPairs: DOH_LIMITS.headerPairs,
  maxSessionMemory: DOH_LIMITS.sessionMegabytes,
  maxSessionInvalidFrames: DOH_LIMITS.invalidFrames,
  maxSettings: DOH_LIMITS.settings,
  maxReservedRemoteStreams: 0,
} as const

/** One client's session of DNS over HTTP/2. What it holds is bounded by DOH_LIMITS and by the limits of connections. */
export class Http2Connection implements Connection {
  readonly #session: ServerHttp2Session
  readonly #client: string
  readonly #options: StreamListenOptions
  /** Runs out where no stream begins or ends: frames that lead to none, pings and headers without end, keep no session. */
  readonly #rest: NodeJS.Timeout
  #streams = 0
  #requests = 0
  #waiting = 0
  #resets = 0

  constructor(socket: TLSSocket, client: string, options: StreamListenOptions) {
    this.#client = client
    this.#options = options
    this.#session = performServerHandshake(socket, SETTINGS)
    this.#rest = setTimeout(() => this.#endAtRest(), options.limits.idleMs)
    socket.once('close', () => clearTimeout(this.#rest))
    this.#session.on('error', () => this.destroy())
    // Half a connection is of no use to HTTP/2.
    socket.once('end', () => this.destroy())
    this.#session.on('stream', (stream, headers, _, raw) => {
      this.#streams++
      this.#rest.refresh()
      stream.on('error', () => undefined)
      stream.once('close', () => this.#noteEnd(stream))
      // Node tells clients of this limit, and leaves it to us.
      if (sizeOf(raw) <= DOH_LIMITS.headerBytes) this.#take(stream, headers)
      else this.#send(stream, refusal(refused(431, 'the headers are too long')))
    })
  }

  /** Says that no more is taken (GOAWAY), and ends once the streams there are have ended. */
  finish(): void {
    if (!this.#session.closed) this.#session.close()
  }

  destroy(): void {
    this.#session.destroy()
  }

  #take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    if (++this.#requests >= this.#options.limits.queriesPerConnectionMax) this.finish()
    const read = readRequest(
      {
        method: headers[':method'] ?? '',
        target: headers[':path'] ?? '',
        contentType: headers['content-type'],
        contentLength: headers['content-length'],
      },
      this.#options.limits.queryBytesMax,
    )
    if (read.kind === 'body') this.#readBody(stream, read.endpoint)
    else this.#answer(stream, read)
  }

  /** Streams have times of their own. */
  #endAtRest(): void {
    if (this.#streams > 0) this.#rest.refresh()
    else this.destroy()
  }

  /** A client that gives up its streams in numbers makes work without taking answers. */
  #noteEnd(stream: ServerHttp2Stream): void {
    this.#streams--
    if (!this.#session.destroyed) this.#rest.refresh()
    if (stream.rstCode === constants.NGHTTP2_NO_ERROR || this.#session.destroyed) return
    if (++this.#resets <= DOH_LIMITS.resets) return
    this.#options.gate.refuse('reset-flood')
    this.#session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    this.#session.destroy()
  }

  #readBody(stream: ServerHttp2Stream, endpoint: string | undefined): void {
    const parts: Buffer[] = []
    let length = 0
    const timer = setTimeout(
      () => this.#send(stream, refusal(refused(408, 'the body did not come in time'))),
      DOH_LIMITS.requestMs,
    )
    stream.once('close', () => clearTimeout(timer))
    stream.on('data', (part: Buffer) => {
      length += part.length
      if (length <= this.#options.limits.queryBytesMax) parts.push(part)
      else this.#send(stream, refusal(refused(413, 'the DNS message is too long')))
    })
    stream.once('end', () => {
      clearTimeout(timer)
      this.#answer(stream, readBody(Buffer.concat(parts), endpoint))
    })
  }

  #answer(stream: ServerHttp2Stream, read: ReadRequest): void {
    if (!isOpen(stream) || read.kind === 'body') return
    if (read.kind === 'refused') return this.#send(stream, refusal(read))
    // Given-up streams make room for others, their queries still wait.
    if (this.#waiting >= DOH_LIMITS.streams)
      return this.#send(stream, refusal(refused(503, 'too many queries wait')))
    this.#waiting++
    const client = { address: this.#client, endpoint: read.endpoint }
    answerMessage(read.message, client, this.#options, (answer) => {
      this.#waiting--
      this.#send(stream, answer)
    })
  }

  #send(stream: ServerHttp2Stream, { status, headers, body }: HttpAnswer): void {
    if (!isOpen(stream)) return
    const timer = setTimeout(
      () => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
      DOH_LIMITS.answerMs,
    )
    stream.once('close', () => clearTimeout(timer))
    try {
      stream.respond({ ...headers, ':status': status })
      stream.end(body)
      // What is left of a body that nobody wants.
      stream.resume()
    } catch {
      // A state of the stream that Node does not tell of: one client's stream, and never the process.
      stream.destroy()
    }
  }
}

/** One that the client has given up, or that ended with its session, is closed before it is destroyed: to answer it then is an error of Node's. */
function isOpen(stream: ServerHttp2Stream): boolean {
  return !stream.destroyed && !stream.closed && !stream.headersSent
}

/** Of names and values (RFC 9113 section 6.5.2 counts 32 bytes more for each). */
function sizeOf(headers: readonly string[]): number {
  return headers.reduce((sum, text) => sum + text.length, 0)
}
