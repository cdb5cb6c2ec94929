import type { Socket } from 'node:net'
import { systemClock } from '#platform/clock.ts'
import type { Query } from '../query.ts'
import type { Peer } from './peer.ts'
import type { Connection } from './stream-server.ts'
import type { StreamListenOptions, TcpLimits } from './tcp.ts'
import { copyAnswer } from './write-answer.ts'

const LENGTH_BYTES = 2
/** Queries of one connection that wait for an answer at once; the client's next ones stay unread. */
const WAITING_MAX = 64
/** Answers that the client has not taken yet; beyond it nothing more is read until it takes some. */
const UNSENT_BYTES_MAX = 262_144
/** The unit of the timeout that clients are told (RFC 7828 section 3.1). */
const KEEPALIVE_UNIT_MS = 100

/**
 * One client's connection: messages of any segmentation, answered as they are ready, in any order (RFC 7766 section
 * 6.2.1.1). A client that half-closes still gets its answers. One that does not read them is not read either, and ends
 * by the idle time: a connection holds at most one read of queries, and UNSENT_BYTES_MAX and WAITING_MAX answers. Over
 * TLS the same (RFC 7858 section 3.3).
 */
export class TcpConnection implements Connection {
  readonly #socket: Socket
  readonly #client: Peer
  readonly #options: StreamListenOptions
  readonly #limits: TcpLimits
  #received: Buffer = Buffer.alloc(0)
  /** When the message began that has not come whole yet. */
  #begunAtMs: number | undefined
  #queries = 0
  #waiting = 0
  /** Takes no more queries. */
  #isEnding = false
  /** The client sends no more; what it has sent is still answered. */
  #isHalfClosed = false

  constructor(socket: Socket, client: Peer, options: StreamListenOptions) {
    this.#socket = socket
    this.#client = client
    this.#options = options
    this.#limits = options.limits
    socket.setTimeout(options.limits.idleMs, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      if (this.#isEnding) return
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      this.#goOn()
      this.#endDribble()
    })
    socket.on('drain', () => this.#goOn())
    socket.on('end', () => {
      this.#isHalfClosed = true
      this.#goOn()
    })
  }

  /** Takes no more queries and ends once the waiting ones are answered. */
  finish(): void {
    this.#isEnding = true
    this.#goOn()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** Answers what has been received as far as the limits allow, and reads on, waits or ends accordingly. */
  #goOn(): void {
    while (this.#mayAsk()) {
      const message = this.#takeMessage()
      if (!message) break
      this.#ask(message)
    }
    if (this.#socket.destroyed) return
    const isFull = !this.#isEnding && !this.#mayAsk()
    if (isFull) this.#socket.pause()
    else if (this.#isEnding || this.#isHalfClosed) this.#endWhenAnswered()
    else this.#socket.resume()
  }

  #mayAsk(): boolean {
    return (
      !this.#isEnding &&
      !this.#socket.destroyed &&
      this.#waiting < WAITING_MAX &&
      this.#socket.writableLength < UNSENT_BYTES_MAX
    )
  }

  /** The next whole message, if there is one; a message that is too long ends the connection. */
  #takeMessage(): Buffer | undefined {
    if (this.#received.length < LENGTH_BYTES) return undefined
    const length = this.#received.readUInt16BE(0)
    if (length > this.#limits.queryBytesMax) {
      this.#socket.destroy()
      return undefined
    }
    const end = LENGTH_BYTES + length
    if (this.#received.length < end) return undefined
    this.#begunAtMs = undefined
    const message = this.#received.subarray(LENGTH_BYTES, end)
    this.#received = this.#received.subarray(end)
    return message
  }

  /** One that sends a message byte by byte is never idle, and has no more time for it than one that sends nothing. */
  #endDribble(): void {
    const isPartial = this.#received.length > 0 && this.#mayAsk()
    if (!isPartial) this.#begunAtMs = undefined
    else if (this.#begunAtMs === undefined) this.#begunAtMs = systemClock.monotonicMs()
    else if (systemClock.monotonicMs() - this.#begunAtMs > this.#limits.idleMs)
      this.#socket.destroy()
  }

  #endWhenAnswered(): void {
    if (this.#waiting > 0 || this.#socket.writableEnded) return
    this.#socket.end()
    // Whatever else comes must be read, or the end of it is never seen; but not for ever.
    this.#socket.resume()
    const lingering = setTimeout(() => this.#socket.destroy(), this.#limits.idleMs)
    this.#socket.once('close', () => clearTimeout(lingering))
  }

  #ask(message: Buffer): void {
    const { queries, resolve, gate } = this.#options
    const query = queries.take()
    query.begin(gate.transport, this.#client.address)
    query.endpoint = this.#client.endpoint
    query.view.bytes = message
    query.view.start = 0
    query.view.length = message.length
    if (++this.#queries >= this.#limits.queriesPerConnectionMax) this.#isEnding = true
    this.#waiting++
    const answer = resolve(query)
    if (answer instanceof Promise)
      answer.then(
        () => {
          this.#reply(query)
          this.#goOn()
        },
        () => this.destroy(),
      )
    else this.#reply(query)
  }

  /** Length and message leave in one write (RFC 7766 section 8). */
  #reply(query: Query): void {
    const out = copyAnswer(query, LENGTH_BYTES, this.#keepalive(query))
    this.#waiting--
    if (out.length > LENGTH_BYTES && !this.#socket.destroyed) {
      out.writeUInt16BE(out.length - LENGTH_BYTES)
      this.#socket.write(out)
    }
    this.#options.queries.giveBack(query)
  }

  /** The timeout for a client that asks for it; none at all, where there is hardly room for others (RFC 7828 section 3.3.2). */
  #keepalive({ view }: Query): number | undefined {
    if (view.keepaliveBytes !== 0) return undefined
    if (this.#isEnding || this.#options.gate.isCrowded) return 0
    return Math.floor(this.#limits.idleMs / KEEPALIVE_UNIT_MS)
  }
}
