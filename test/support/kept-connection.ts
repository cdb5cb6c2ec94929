/** One connection of a client over TLS or HTTPS, for many queries one after another. Any certificate will do. */
import { connect as connectHttp2, type OutgoingHttpHeaders } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'

const ANSWER_MS = 3_000

export interface KeptConnection {
  /** The answer, or undefined where none comes in time: three seconds unless told otherwise. */
  readonly ask: (message: Buffer, timeoutMs?: number) => Promise<Buffer | undefined>
  readonly close: () => void
}

/** Of DNS over HTTPS, by POST and by GET. */
export type KeptTransport = 'dot' | 'doh' | 'doh-get'

export function keepConnection(
  transport: KeptTransport,
  port: number,
  address = '127.0.0.1',
): KeptConnection {
  if (transport === 'dot') return keepDot(port, address)
  return keepDoh(port, address, transport === 'doh-get')
}

function keepDot(port: number, host: string): KeptConnection {
  const socket = connectTls({ port, host, rejectUnauthorized: false })
  socket.on('error', () => undefined)
  return {
    ask: (message, timeoutMs = ANSWER_MS) => {
      const length = Buffer.of(message.length >> 8, message.length & 0xff)
      const answer = readMessage(socket, timeoutMs)
      socket.write(Buffer.concat([length, message]))
      return answer
    },
    close: () => socket.destroy(),
  }
}

/** The next whole message. */
function readMessage(socket: TLSSocket, timeoutMs: number): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0)
    const finish = (message: Buffer | undefined): void => {
      clearTimeout(timer)
      socket.off('data', take)
      socket.off('close', close)
      resolve(message)
    }
    const close = (): void => finish(undefined)
    const take = (part: Buffer): void => {
      received = Buffer.concat([received, part])
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0))
        finish(received.subarray(2, 2 + received.readUInt16BE(0)))
    }
    const timer = setTimeout(close, timeoutMs)
    socket.on('data', take)
    socket.on('close', close)
  })
}

function keepDoh(port: number, address: string, isGet: boolean): KeptConnection {
  const host = address.includes(':') ? `[${address}]` : address
  const session = connectHttp2(`https://${host}:${port}`, { rejectUnauthorized: false })
  session.on('error', () => undefined)
  return {
    ask: (message, timeoutMs = ANSWER_MS) =>
      new Promise((resolve) => {
        const stream = session.request(isGet ? getOf(message) : POST)
        const parts: Buffer[] = []
        let status = 0
        const timer = setTimeout(() => stream.destroy(), timeoutMs)
        stream.on('error', () => undefined)
        stream.on('response', (headers) => {
          status = headers[':status'] ?? 0
        })
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.on('close', () => {
          clearTimeout(timer)
          resolve(status === 200 ? Buffer.concat(parts) : undefined)
        })
        stream.end(isGet ? undefined : message)
      }),
    close: () => session.destroy(),
  }
}

const POST = {
  ':method': 'POST',
  ':path': '/dns-query',
  'content-type': 'application/dns-message',
} as const

function getOf(message: Buffer): OutgoingHttpHeaders {
  return { ':method': 'GET', ':path': `/dns-query?dns=${message.toString('base64url')}` }
}
