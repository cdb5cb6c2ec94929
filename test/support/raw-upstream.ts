/** An upstream on loopback whose every message is the test's own: when it comes, and from where. */
import { createSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { decode } from 'dns-packet'
import { freeDnsPort } from './free-port.ts'

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
  /** Messages that came over TCP. */
  readonly askedByTcp: readonly Buffer[]
  readonly close: () => Promise<void>
}

/** What to answer to a message over TCP; undefined for silence. */
export type AnswerTcp = (message: Buffer) => Buffer | undefined

/** Starts on 127.0.0.1 and a free port; UDP alone where there is no `answerTcp`. */
export async function startRawUpstream(
  take: (query: RawQuery) => void,
  answerTcp?: AnswerTcp,
): Promise<RawUpstream> {
  const asked: RawQuery[] = []
  const askedByTcp: Buffer[] = []
  const wanted = answerTcp ? await freeDnsPort() : 0
  const tcp = answerTcp ? await startTcp(wanted, answerTcp, askedByTcp) : undefined
  const socket = createSocket('udp4')
  const stranger = createSocket('udp4')
  let isOpen = true
  socket.on('message', (message, { port, address }) => {
    const query: RawQuery = {
      message,
      name: decode(message).questions?.[0]?.name ?? '',
      port,
      reply: (bytes) => {
        if (isOpen) socket.send(bytes, port, address)
      },
      forge: (bytes) => {
        if (isOpen) stranger.send(bytes, port, address)
      },
    }
    asked.push(query)
    take(query)
  })
  await new Promise<void>((resolve) => socket.bind(wanted, '127.0.0.1', () => resolve()))
  return {
    port: socket.address().port,
    asked,
    askedByTcp,
    close: async () => {
      isOpen = false
      await tcp?.close()
      await Promise.all(
        [socket, stranger].map((one) => new Promise<void>((done) => one.close(() => done()))),
      )
    },
  }
}

async function startTcp(port: number, answer: AnswerTcp, asked: Buffer[]) {
  const open = new Set<Socket>()
  const server: Server = createServer((socket) => {
    open.add(socket)
    let received = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const message = Buffer.from(received.subarray(2, end))
        received = received.subarray(end)
        asked.push(message)
        const reply = answer(message)
        if (!reply) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(reply.length)
        socket.write(Buffer.concat([length, reply]))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  return {
    close: async (): Promise<void> => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
