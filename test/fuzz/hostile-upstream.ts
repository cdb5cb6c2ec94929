import { createSocket, type Socket } from 'node:dgram'
import { createServer, type Server, type Socket as TcpSocket } from 'node:net'
import { freeDnsPort } from '#test/support/free-port.ts'
import { hostileAnswer } from './hostile-answer.ts'
import { makeRandom, type Random } from './random.ts'
import { header, record } from './raw-query.ts'
import { questionEnd } from './read-message.ts'

const HONEST_ADDRESS = Buffer.of(192, 0, 2, 1)

export interface HostileUpstream {
  readonly port: number
  readonly asked: { udp: number; tcp: number }
  readonly close: () => Promise<void>
}

/**
 * Answers names with one of the labels `honest` as it should, and lies about every other name. What it does to a name depends on the
 * seed and the name alone, and on how often it was asked.
 */
export async function startHostileUpstream(
  seed: number,
  honest: readonly string[],
): Promise<HostileUpstream> {
  const port = await freeDnsPort()
  const asked = { udp: 0, tcp: 0 }
  const times = new Map<string, number>()
  const choose = (query: Buffer): Random => {
    const name = nameOf(query)
    const time = (times.get(name) ?? 0) + 1
    times.set(name, time)
    return makeRandom(seed + time, hash(name))
  }
  const isHonest = (query: Buffer): boolean => honest.some((label) => nameOf(query).includes(label))
  const udp = await listenUdp(port, (query, reply) => {
    asked.udp++
    if (isHonest(query)) return reply(honestAnswer(query))
    const random = choose(query)
    const answer = hostileAnswer(query, 'udp', random)
    if (!answer) return
    for (let copies = random.chance(0.1) ? 5 : 1; copies > 0; copies--) reply(answer)
  })
  const open = new Set<TcpSocket>()
  const tcp = await listenTcp(port, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    eachMessage(socket, (query) => {
      asked.tcp++
      if (questionEnd(query) === 0) socket.destroy()
      else if (isHonest(query)) socket.write(framed(honestAnswer(query)))
      else answerTcp(socket, query, choose(query))
    })
  })
  return {
    port,
    asked,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => udp.close(() => resolve()))
      await new Promise<void>((resolve) => tcp.close(() => resolve()))
    },
  }
}

/** In one case: the letters of a query's name come in a case of chance. */
function nameOf(query: Buffer): string {
  return query.toString('latin1', 12, questionEnd(query)).toLowerCase()
}

function honestAnswer(query: Buffer): Buffer {
  const isA = query.readUInt16BE(questionEnd(query) - 4) === 1
  const out = Buffer.concat([
    header([1, isA ? 1 : 0, 0, 0], 0x8180),
    query.subarray(12, questionEnd(query)),
    ...(isA ? [record(Buffer.of(0xc0, 12), 1, HONEST_ADDRESS)] : []),
  ])
  query.copy(out, 0, 0, 2)
  return out
}

/** Visits every message of a connection, however it is cut. */
function eachMessage(socket: TcpSocket, visit: (message: Buffer) => void): void {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      visit(received.subarray(2, end))
      received = received.subarray(end)
    }
  })
}

function framed(message: Buffer, length: number = message.length): Buffer {
  return Buffer.concat([Buffer.of(length >> 8, length & 0xff), message])
}

/** A broken answer, framed well or badly, at once or in pieces, or only a part of it. */
function answerTcp(socket: TcpSocket, query: Buffer, random: Random): void {
  const message = hostileAnswer(query, 'tcp', random) ?? Buffer.alloc(0)
  const said = random.chance(0.8) ? message.length : random.int(0x10000)
  const bytes = framed(message, said)
  switch (random.int(6)) {
    case 0:
      for (let at = 0; at < bytes.length; at += 1 + random.int(200))
        socket.write(bytes.subarray(at, at + 1))
      return
    case 1:
      socket.end(bytes.subarray(0, random.int(bytes.length)))
      return
    case 2:
      socket.destroy()
      return
    case 3:
      socket.write(Buffer.concat([bytes, bytes]))
      return
    default:
      socket.write(bytes)
  }
}

function hash(text: string): number {
  let value = 0
  for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) >>> 0
  return value
}

function listenUdp(
  port: number,
  take: (query: Buffer, reply: (answer: Buffer) => void) => void,
): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 })
  socket.on('error', () => undefined)
  socket.on('message', (query, client) => {
    if (questionEnd(query) > 0)
      take(query, (answer) => socket.send(answer, client.port, client.address, () => undefined))
  })
  return new Promise((resolve) => socket.bind(port, '127.0.0.1', () => resolve(socket)))
}

function listenTcp(port: number, take: (socket: TcpSocket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, take)
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)))
}
