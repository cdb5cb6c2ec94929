import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { AddressWords } from '../limits/address-words.ts'
import type { Query } from '../query.ts'
import type { Listener, ListenOptions } from './listener.ts'
import { RECEIVE_BUFFER_BYTES } from './receive-buffer.ts'
import { writeAnswer } from './write-answer.ts'

/**
 * As much of a datagram as is read; no query is as long. What is cut off by it is malformed, and thousands of waiting
 * queries cannot hold 64 KB each.
 */
const QUERY_BYTES_MAX = 4_096
const CLOSE_GRACE_MS = 1_000
const CLOSE_POLL_MS = 10

/** Listens for DNS over UDP with node:dgram. Rejects when the address cannot be bound. */
export async function listenUdp(options: ListenOptions): Promise<Listener> {
  const socket = createSocket({
    type: options.address.includes(':') ? 'udp6' : 'udp4',
    ipv6Only: options.address.includes(':'),
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  })
  const server = new UdpServer(socket, options)
  await bind(socket, options)
  const { address, port } = socket.address()
  // Linux counts its own needs in, and tells of twice what it gives (socket(7)).
  const receiveBufferBytes = socket.getRecvBufferSize() / 2
  return { transport: 'udp', address, port, receiveBufferBytes, close: () => server.close() }
}

/**
 * node:dgram reads as long as its socket is open, so what comes while the waiting answers are waited for cannot be left to whoever has the
 * socket next: it is answered as ever.
 */
class UdpServer {
  readonly #socket: Socket
  readonly #options: ListenOptions
  readonly #words = new AddressWords()
  /** Bounded by the pipeline: it lets only so many queries wait for upstreams. */
  #waiting = 0
  /** Answers that node:dgram has and the kernel has not. */
  #unsent = 0
  /** Told whatever becomes of it: a client that has gone away is no fault of ours. */
  readonly #onSent = (): void => {
    this.#unsent--
  }
  /** An answer may come when nobody waits for it any more. */
  #isClosed = false

  constructor(socket: Socket, options: ListenOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('message', (message, client) => this.#receive(message, client))
  }

  #receive(message: Buffer, client: RemoteInfo): void {
    const { queries, resolve } = this.#options
    const query = queries.take()
    query.begin('udp', client.address)
    this.#words.read(client.address, query.addressWords)
    query.view.bytes =
      message.length > QUERY_BYTES_MAX ? Buffer.from(message.subarray(0, QUERY_BYTES_MAX)) : message
    query.view.start = 0
    query.view.length = query.view.bytes.length
    const answer = resolve(query)
    if (!(answer instanceof Promise)) {
      this.#send(query, client)
      return
    }
    this.#waiting++
    answer.then(
      () => {
        this.#waiting--
        this.#send(query, client)
      },
      () => {
        this.#waiting--
      },
    )
  }

  #send(query: Query, client: RemoteInfo): void {
    const { view, answer } = query
    const out = writeAnswer(query, answer, view.udpBytesMax)
    // node:dgram sends later where it must look an address up or wait; the bytes are ours only until then.
    if (out.length > 0 && client.port > 0 && !this.#isClosed) {
      this.#unsent++
      this.#socket.send(Buffer.from(out), client.port, client.address, this.#onSent)
    }
    this.#options.queries.giveBack(query)
  }

  async close(): Promise<void> {
    for (
      let waitedMs = 0;
      this.#waiting + this.#unsent > 0 && waitedMs < CLOSE_GRACE_MS;
      waitedMs += CLOSE_POLL_MS
    )
      await new Promise((resolve) => setTimeout(resolve, CLOSE_POLL_MS))
    this.#isClosed = true
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}

function bind(socket: Socket, { address, port, fd }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(fd === undefined ? { port, address } : { fd }, () => {
      socket.off('error', reject)
      socket.on('error', () => undefined)
      resolve()
    })
  })
}
