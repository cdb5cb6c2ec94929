import type { Socket } from 'node:net'
import { failure } from '#domain/failure.ts'
import { isAnswerTo } from '#wire/upstream-query.ts'
import type { ExchangeFailure, WriteQuery } from './exchange.ts'
import { newQueryId } from './query-id.ts'

/** Questions that wait on one connection. */
const IN_FLIGHT_MAX = 128
/** What may wait to be sent. */
const UNSENT_BYTES_MAX = 65_536
/** A connection on which nothing is asked is closed (RFC 7766 section 6.2.3). */
const IDLE_MS = 10_000
/** Messages in a row that answer nothing, after which the peer is not worth listening to. */
const MISMATCHES_MAX = 16
const LENGTH_BYTES = 2

interface Waiting {
  readonly query: Buffer
  readonly sentAt: number
  readonly finish: (outcome: Buffer | ExchangeFailure) => void
}

/**
 * One connection to an upstream, over TCP or TLS: questions go out as they come, answers come in any order and are matched by id
 * and question (RFC 7766 section 7). The socket is connected, and authenticated where it is to be.
 */
export class StreamConnection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #onMismatch: () => void
  #received: Buffer = Buffer.alloc(0)
  #isOpen = true
  /** Messages heard: a number that grows while the peer lives. */
  #heard = 0
  #mismatches = 0

  constructor(socket: Socket, onMismatch: () => void) {
    this.#socket = socket
    this.#onMismatch = onMismatch
    socket.setNoDelay(true)
    socket.unref()
    socket.setTimeout(IDLE_MS, () => {
      if (this.#waiting.size === 0) this.close()
    })
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.close())
    socket.on('error', () => this.close())
    socket.on('close', () => this.close())
  }

  get hasRoom(): boolean {
    return (
      this.#isOpen &&
      this.#waiting.size < IN_FLIGHT_MAX &&
      this.#socket.writableLength < UNSENT_BYTES_MAX
    )
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Only where `hasRoom`. Never rejects. */
  ask(write: WriteQuery, timeoutMs: number): Promise<Buffer | ExchangeFailure> {
    let id = newQueryId()
    while (this.#waiting.has(id)) id = newQueryId()
    const query = write(id)
    return new Promise((resolve) => {
      const finish = (outcome: Buffer | ExchangeFailure): void => {
        clearTimeout(timer)
        this.#waiting.delete(id)
        resolve(outcome)
      }
      const timer = setTimeout(() => this.#giveUp(id), timeoutMs)
      this.#waiting.set(id, { query, sentAt: this.#heard, finish })
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt16BE(query.length)
      this.#socket.write(Buffer.concat([length, query]))
    })
  }

  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#socket.destroy()
    for (const { finish } of this.#waiting.values())
      finish(failure('closed', 'the connection ended before the answer'))
  }

  /** A peer that says nothing at all any more is left with the question. */
  #giveUp(id: number): void {
    const waiting = this.#waiting.get(id)
    waiting?.finish(failure('timeout', 'no answer in time'))
    if (waiting?.sentAt === this.#heard) this.close()
  }

  /** No message is longer than its length can say, so no more than that is ever kept. */
  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    for (;;) {
      const { length } = this.#received
      if (length < LENGTH_BYTES) return
      const end = LENGTH_BYTES + this.#received.readUInt16BE(0)
      if (length < end) return
      const message = this.#received.subarray(LENGTH_BYTES, end)
      this.#received = this.#received.subarray(end)
      this.#match(message)
    }
  }

  #match(message: Buffer): void {
    const waiting = message.length < 2 ? undefined : this.#waiting.get(message.readUInt16BE(0))
    if (waiting && isAnswerTo(waiting.query, message)) {
      this.#heard += 1
      this.#mismatches = 0
      return waiting.finish(Buffer.from(message))
    }
    this.#onMismatch()
    if (++this.#mismatches >= MISMATCHES_MAX) this.close()
  }
}
