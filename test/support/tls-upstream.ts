/** Scripted upstreams over TLS and over HTTP/2, with the certificate of the test's choice. */
import { createSecureServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Server, Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'

export interface KeyPair {
  readonly key: string
  readonly cert: string
}

/** What to answer to a message; undefined for silence. */
export type AnswerBytes = (query: Buffer) => Buffer | undefined

export interface TlsUpstream {
  readonly port: number
  /** Messages that came, as they came. */
  readonly asked: readonly Buffer[]
  /** Of each connection whether it took an earlier session up again. */
  readonly resumed: readonly boolean[]
  /** Of each DoH request. */
  readonly paths: readonly string[]
  /** Ends every connection that is open. */
  readonly hangUp: () => void
  readonly close: () => Promise<void>
}

/** DNS over TLS (RFC 7858) on 127.0.0.1 and a free port. */
export async function startDotUpstream(pair: KeyPair, answer: AnswerBytes): Promise<TlsUpstream> {
  const kept = keep()
  const server = createServer(pair, (socket) => {
    kept.add(socket)
    kept.resumed.push(socket.isSessionReused())
    let received = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const query = Buffer.from(received.subarray(2, end))
        received = received.subarray(end)
        kept.asked.push(query)
        const reply = answer(query)
        if (!reply) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(reply.length)
        socket.write(Buffer.concat([length, reply]))
      }
    })
  })
  return listen(server, kept)
}

/** DNS over HTTPS (RFC 8484) by HTTP/2. */
export async function startDohUpstream(pair: KeyPair, answer: AnswerBytes): Promise<TlsUpstream> {
  const kept = keep()
  const server = createSecureServer({ ...pair, allowHTTP1: false })
  server.on('secureConnection', (socket: TLSSocket) => {
    kept.add(socket)
    kept.resumed.push(socket.isSessionReused())
  })
  server.on('session', (session: ServerHttp2Session) => session.on('error', () => undefined))
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const chunks: Buffer[] = []
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const query = Buffer.concat(chunks)
      kept.asked.push(query)
      kept.paths.push(`${headers[':method']} ${headers[':path']} ${headers['content-type']}`)
      const reply = answer(query)
      if (!reply) return
      stream.respond({ ':status': 200, 'content-type': 'application/dns-message' })
      stream.end(reply)
    })
  })
  return listen(server, kept)
}

function keep() {
  const open = new Set<Socket>()
  return {
    asked: [] as Buffer[],
    resumed: [] as boolean[],
    paths: [] as string[],
    add: (socket: Socket): void => {
      open.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    },
    hangUp: (): void => {
      for (const socket of open) socket.destroy()
    },
  }
}

async function listen(server: Server, kept: ReturnType<typeof keep>): Promise<TlsUpstream> {
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const bound = server.address()
  return {
    ...kept,
    port: typeof bound === 'object' && bound ? bound.port : 0,
    close: async () => {
      kept.hangUp()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
