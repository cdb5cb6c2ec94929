import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { failure, isFailure } from '#domain/failure.ts'
import { isAnswerTo } from '#wire/upstream-query.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import type { Channel, ExchangeFailure, WriteQuery } from './exchange.ts'
import { withinTime } from './within-time.ts'

/** Questions that wait on the session. */
const IN_FLIGHT_MAX = 100
/** A session on which nothing is asked is closed. */
const IDLE_MS = 10_000
const MESSAGE_BYTES_MAX = 65_535
const SESSION_MEMORY_MB_MAX = 4
const HEADER_BYTES_MAX = 8_192
const MEDIA_TYPE = 'application/dns-message'

export interface DohParts {
  readonly upstream: ReadyUpstream
  readonly dial: () => Promise<TLSSocket | ExchangeFailure>
  readonly onMismatch: () => void
}

/** DNS over HTTPS (RFC 8484) on one HTTP/2 session: POST, with id 0, as section 4.1 advises. */
export class DohChannel implements Channel {
  readonly #parts: DohParts
  #session: ClientHttp2Session | undefined
  #opening: Promise<ClientHttp2Session | ExchangeFailure> | undefined
  #inFlight = 0
  #isClosed = false
  /** Answers heard: a number that grows while the peer lives. */
  #heard = 0

  constructor(parts: DohParts) {
    this.#parts = parts
  }

  readonly ask = async (
    write: WriteQuery,
    timeoutMs: number,
  ): Promise<Buffer | ExchangeFailure> => {
    if (this.#inFlight >= IN_FLIGHT_MAX) return failure('busy', 'too many questions wait')
    this.#inFlight += 1
    try {
      const startedMs = performance.now()
      const session = this.#usable() ?? (await withinTime(this.#open(), timeoutMs))
      if (isFailure(session)) return session
      const leftMs = Math.max(1, timeoutMs - (performance.now() - startedMs))
      return await this.#post(session, write(0), leftMs)
    } finally {
      this.#inFlight -= 1
    }
  }

  close(): void {
    this.#isClosed = true
    this.#session?.destroy()
    this.#session = undefined
  }

  #usable(): ClientHttp2Session | undefined {
    const session = this.#session
    return session && !session.closed && !session.destroyed ? session : undefined
  }

  #open(): Promise<ClientHttp2Session | ExchangeFailure> {
    this.#opening ??= this.#parts.dial().then((socket) => {
      this.#opening = undefined
      if (isFailure(socket)) return socket
      const session = this.#begin(socket)
      if (this.#isClosed) session.destroy()
      else this.#session = session
      return session
    })
    return this.#opening
  }

  #begin(socket: TLSSocket): ClientHttp2Session {
    const session = connect(`https://${this.#authority}`, {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: HEADER_BYTES_MAX },
      maxSessionMemory: SESSION_MEMORY_MB_MAX,
    })
    const forget = (): void => {
      if (this.#session === session) this.#session = undefined
    }
    session.on('error', forget)
    session.on('close', forget)
    // No new questions on it; those that wait still get their answers.
    session.on('goaway', forget)
    session.setTimeout(IDLE_MS, () => session.close())
    session.unref()
    return session
  }

  get #authority(): string {
    const { name, port } = this.#parts.upstream
    return `${name}:${port}`
  }

  #post(
    session: ClientHttp2Session,
    query: Buffer,
    timeoutMs: number,
  ): Promise<Buffer | ExchangeFailure> {
    return new Promise((resolve) => {
      if (session.closed || session.destroyed)
        return resolve(failure('closed', 'the session has ended'))
      const heardBefore = this.#heard
      const stream = session.request({
        ':method': 'POST',
        ':path': this.#parts.upstream.path,
        accept: MEDIA_TYPE,
        'content-type': MEDIA_TYPE,
        'content-length': query.length,
      })
      const finish = (outcome: Buffer | ExchangeFailure): void => {
        clearTimeout(timer)
        stream.close(constants.NGHTTP2_CANCEL)
        if (!isFailure(outcome)) this.#heard += 1
        resolve(outcome)
      }
      const timer = setTimeout(() => {
        finish(failure('timeout', 'no answer in time'))
        if (this.#heard === heardBefore) session.destroy()
      }, timeoutMs)
      readMessage(stream, (outcome) => {
        if (isFailure(outcome) || isAnswerTo(query, outcome)) return finish(outcome)
        this.#parts.onMismatch()
        finish(failure('malformed-answer', 'answers another query'))
      })
      stream.end(query)
    })
  }
}

/** Reads what comes on a stream to its end, and no more than a message can be. */
function readMessage(
  stream: ClientHttp2Stream,
  take: (outcome: Buffer | ExchangeFailure) => void,
): void {
  const chunks: Buffer[] = []
  let length = 0
  stream.on('response', (headers) => {
    const type = headers['content-type'] ?? ''
    if (headers[':status'] === 200 && type.toLowerCase().startsWith(MEDIA_TYPE)) return
    take(failure('malformed-answer', `HTTP status ${headers[':status']}, not a DNS message`))
  })
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > MESSAGE_BYTES_MAX) return take(failure('malformed-answer', 'too long'))
    chunks.push(chunk)
  })
  stream.on('end', () => {
    if (length > 0) take(Buffer.concat(chunks))
  })
  stream.on('error', () => take(failure('closed', 'the stream ended before the answer')))
  stream.on('close', () => take(failure('closed', 'the stream ended before the answer')))
}
