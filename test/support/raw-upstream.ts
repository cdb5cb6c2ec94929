/** An upstream on loopback whose every datagram is the test's own: when it comes, and from where. */
import { createSocket } from 'node:dgram'
import { decode } from 'dns-packet'

export interface RawQuery {
  readonly message: Buffer
  /** As it was spelt. */
  readonly name: string
  /** Of the socket that asked. */
  readonly port: number
  readonly reply: (message: Buffer) => void
  /** The same from another socket than the one that was asked. */
  readonly forge: (message: Buffer) => void
}

export interface RawUpstream {
  readonly port: number
  readonly asked: readonly RawQuery[]
  readonly close: () => Promise<void>
}

/** Starts on 127.0.0.1 and a free port; UDP alone. */
export async function startRawUpstream(take: (query: RawQuery) => void): Promise<RawUpstream> {
  const asked: RawQuery[] = []
  const socket = createSocket('udp4')
  const stranger = createSocket('udp4')
  socket.on('message', (message, { port, address }) => {
    const query: RawQuery = {
      message,
      name: decode(message).questions?.[0]?.name ?? '',
      port,
      reply: (bytes) => socket.send(bytes, port, address),
      forge: (bytes) => stranger.send(bytes, port, address),
    }
    asked.push(query)
    take(query)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()))
  return {
    port: socket.address().port,
    asked,
    close: async () => {
      await Promise.all(
        [socket, stranger].map((one) => new Promise<void>((done) => one.close(() => done()))),
      )
    },
  }
}
