/** A scripted upstream on loopback, UDP and TCP on one port, made with dns-packet. */
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server, type Socket as TcpSocket } from 'node:net'
import { type Answer, decode, encode, type Packet } from 'dns-packet'

export interface Asked {
  readonly name: string
  readonly type: string
  readonly transport: 'udp' | 'tcp'
}

/** What to answer to a question: parts of a message, raw bytes, or undefined for silence. */
export type Script = (asked: Asked, query: Buffer) => Partial<Packet> | Buffer | undefined

export interface FakeUpstream {
  readonly port: number
  readonly address: string
  readonly asked: Asked[]
  readonly close: () => Promise<void>
}

/** Starts on 127.0.0.1 and a free port. */
export async function startFakeUpstream(script: Script): Promise<FakeUpstream> {
  const asked: Asked[] = []
  const answer = (query: Buffer, transport: 'udp' | 'tcp'): Buffer | undefined => {
    const question = firstQuestion(query)
    if (!question) return undefined
    const one: Asked = { name: question.name.toLowerCase(), type: question.type, transport }
    asked.push(one)
    const reply = script(one, query)
    if (reply === undefined || Buffer.isBuffer(reply)) return reply
    return respond(query, reply)
  }
  const tcp = await startTcp((query) => answer(query, 'tcp'))
  const bound = tcp.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const udp = await startUdp(port, (query) => answer(query, 'udp'))
  return {
    port,
    address: '127.0.0.1',
    asked,
    close: async () => {
      tcp.closeAllConnections?.()
      await new Promise<void>((resolve) => udp.close(() => resolve()))
      await new Promise<void>((resolve) => tcp.close(() => resolve()))
    },
  }
}

/** A broken query gets silence, as from any server that is not being tested. */
function firstQuestion(
  query: Buffer,
): { readonly name: string; readonly type: string } | undefined {
  try {
    return decode(query).questions?.[0]
  } catch {
    return undefined
  }
}

/** Whether a query of ours sets DO: the OPT record stands right behind its question, whatever options it has. */
export function wantsSignatures(query: Buffer): boolean {
  let at = 12
  while (query[at]) at += query[at]! + 1
  return (query[at + 12] ?? 0) >= 0x80
}

/** A response to `query` with the given parts; the question is the query's own. */
export function respond(query: Buffer, parts: Partial<Packet>): Buffer {
  const { id, questions = [] } = decode(query)
  return encode({ type: 'response', id, flags: 0x0180, questions, ...parts })
}

export function a(name: string, data: string, ttl = 300): Answer {
  return { type: 'A', name, ttl, data }
}

export function cname(name: string, data: string, ttl = 300): Answer {
  return { type: 'CNAME', name, ttl, data }
}

export function soa(name: string, ttl = 60, minimum = 60): Answer {
  const data = {
    mname: 'ns.test',
    rname: 'root.test',
    serial: 1,
    refresh: 1,
    retry: 1,
    expire: 1,
    minimum,
  }
  return { type: 'SOA', name, ttl, data }
}

function startUdp(port: number, answer: (query: Buffer) => Buffer | undefined): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port: to, address }) => {
    const reply = answer(query)
    if (reply) socket.send(reply, to, address)
  })
  return new Promise((resolve) => socket.bind(port, '127.0.0.1', () => resolve(socket)))
}

interface ClosableServer extends Server {
  closeAllConnections?: () => void
}

function startTcp(answer: (query: Buffer) => Buffer | undefined): Promise<ClosableServer> {
  const open = new Set<TcpSocket>()
  const server: ClosableServer = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    let received = Buffer.alloc(0)
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const reply = answer(received.subarray(2, end))
        received = received.subarray(end)
        if (!reply) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(reply.length)
        socket.write(Buffer.concat([length, reply]))
      }
    })
  })
  server.closeAllConnections = () => {
    for (const socket of open) socket.destroy()
  }
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}
