import type { Socket } from 'node:net'
import type { Query } from '../query.ts'
import type { ListenOptions } from './listener.ts'
import type { TcpLimits } from './tcp.ts'
import { TCP_BYTES_MAX, writeAnswer } from './write-answer.ts'

const LENGTH_BYTES = 2

/**
 * One client's connection: messages of any segmentation, answered as they are ready, in any order (RFC 7766 section
 * 6.2.1.1). A client that half-closes still gets its answers.
 */
export class TcpConnection {
  readonly #socket: Socket
  readonly #client: string
  readonly #options: ListenOptions
  readonly #limits: TcpLimits
  #received: Buffer = Buffer.alloc(0)
  #queries = 0
  #waiting = 0
  #isEnding = false

  constructor(socket: Socket, client: string, options: ListenOptions, limits: TcpLimits) {
    this.#socket = socket
    this.#client = client
    this.#options = options
    this.#limits = limits
    socket.setTimeout(limits.idleMs, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('end', () => this.finish())
  }

  /** Takes no more queries and ends once the waiting ones are answered. */
  finish(): void {
    this.#isEnding = true
    if (this.#waiting === 0) this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnding) return
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    while (this.#received.length >= LENGTH_BYTES && !this.#isEnding) {
      const length = this.#received.readUInt16BE(0)
      if (length > this.#limits.queryBytesMax) {
        this.#socket.destroy()
        return
      }
      if (this.#received.length < LENGTH_BYTES + length) return
      const message = this.#received.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
      this.#received = this.#received.subarray(LENGTH_BYTES + length)
      this.#ask(message)
    }
  }

  #ask(message: Buffer): void {
    const { queries, resolve } = this.#options
    const query = queries.take()
    query.begin('tcp', this.#client)
    query.view.bytes = message
    query.view.start = 0
    query.view.length = message.length
    if (++this.#queries >= this.#limits.queriesPerConnectionMax) this.#isEnding = true
    this.#waiting++
    const answer = resolve(query)
    if (answer instanceof Promise)
      answer.then(
        () => this.#reply(query),
        () => this.destroy(),
      )
    else this.#reply(query)
  }

  /** Length and message leave in one write (RFC 7766 section 8). */
  #reply(query: Query): void {
    const message = writeAnswer(query, query.answer, TCP_BYTES_MAX)
    this.#waiting--
    if (message.length > 0 && !this.#socket.destroyed) {
      const out = Buffer.alloc(LENGTH_BYTES + message.length)
      out.writeUInt16BE(message.length)
      message.copy(out, LENGTH_BYTES)
      this.#socket.write(out)
    }
    this.#options.queries.giveBack(query)
    if (this.#isEnding && this.#waiting === 0) this.#socket.end()
  }
}
