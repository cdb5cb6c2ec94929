import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { wireName } from '#test/support/wire-name.ts'
import { ExpectedAnswers } from './expected-answers.ts'
import type { Random } from './random.ts'
import { rawQuery } from './raw-query.ts'
import type { StormOptions } from './udp-storm.ts'

/** Longest query that the agent reads over TCP; a longer one ends the connection. */
const TCP_QUERY_BYTES_MAX = 4_096
const MESSAGES_MAX = 12
const CLOSE_TIMEOUT_MS = 8_000
/** How long a client sends in small pieces, the rest then at once: well within the time the agent allows one message (`tcp-idle-ms`). */
const PIECEWISE_MS = 500
const UNREAD_QUERIES = 400

export interface TcpStormOptions extends StormOptions {
  readonly random: Random
  /** A name with a large answer, for clients that never read theirs. */
  readonly largeName: string
}

type Manner = (socket: Socket, options: TcpStormOptions) => Promise<void>

/** Well framed messages, every one of which is answered, and ways of behaving that nobody owes an answer. */
const MANNERS: readonly [Manner, ...Manner[]] = [
  askInOneWrite,
  askInOneWrite,
  askInPieces,
  askBytewise,
  lieAboutLength,
  cutInTheMiddle,
  resetInTheMiddle,
  sayNothing,
  neverRead,
]

/** Opens one connection after the other, each with a manner of its own, until the packets are used up. */
export async function stormTcp(options: TcpStormOptions): Promise<void> {
  const { random, tally, packets, isRunning } = options
  while (tally.packetsTcp < packets && isRunning()) {
    const socket = connect({
      port: options.port,
      host: '127.0.0.1',
      localAddress: options.from,
      allowHalfOpen: true,
      noDelay: true,
    })
    socket.on('error', () => socket.destroy())
    try {
      await once(socket, 'connect')
    } catch {
      tally.violation('a TCP connection was refused')
      continue
    }
    await random.pick(MANNERS)(socket, options)
    socket.destroy()
  }
}

async function askInOneWrite(socket: Socket, options: TcpStormOptions): Promise<void> {
  await askAll(socket, options, (bytes) => {
    socket.end(bytes)
    return Promise.resolve()
  })
}

async function askInPieces(socket: Socket, options: TcpStormOptions): Promise<void> {
  const { random } = options
  await askAll(socket, options, (bytes) =>
    sendInPieces(socket, bytes, () => 1 + random.int(random.chance(0.5) ? 3 : 700)),
  )
}

async function askBytewise(socket: Socket, options: TcpStormOptions): Promise<void> {
  await askAll(socket, options, (bytes) => sendInPieces(socket, bytes, () => 1))
}

async function sendInPieces(socket: Socket, bytes: Buffer, size: () => number): Promise<void> {
  const until = performance.now() + PIECEWISE_MS
  let at = 0
  while (at < bytes.length && performance.now() < until) {
    const end = at + size()
    socket.write(bytes.subarray(at, end))
    at = end
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.end(bytes.subarray(at))
}

/** Sends well framed messages and checks that every one is answered before the agent closes. */
async function askAll(
  socket: Socket,
  options: TcpStormOptions,
  send: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  const { tally, random, isRunning } = options
  const expected = new ExpectedAnswers('tcp', tally)
  const messages = Array.from({ length: 1 + random.int(MESSAGES_MAX) }, () => nextMessage(options))
  for (const message of messages) expected.expect(message)
  tally.packetsTcp += messages.length
  readMessages(socket, (answer) => expected.take(answer))
  const closed = closing(socket)
  await send(Buffer.concat(messages.map((message) => framed(message))))
  if (!(await closed)) tally.violation('a half-closed TCP connection was not closed')
  expected.settle(isRunning())
}

async function lieAboutLength(socket: Socket, options: TcpStormOptions): Promise<void> {
  const { random } = options
  socket.resume()
  const message = nextMessage(options)
  options.tally.packetsTcp++
  options.tally.silent++
  const said = random.pick([0, 1, message.length + 1, message.length - 1, 4_097, 65_535])
  socket.write(framed(message, Math.max(0, said)))
  await sleep(random.int(5))
}

async function cutInTheMiddle(socket: Socket, options: TcpStormOptions): Promise<void> {
  await sendPart(socket, options)
  socket.destroy()
}

async function resetInTheMiddle(socket: Socket, options: TcpStormOptions): Promise<void> {
  await sendPart(socket, options)
  socket.resetAndDestroy()
}

async function sendPart(socket: Socket, options: TcpStormOptions): Promise<void> {
  const { random, tally } = options
  const bytes = Buffer.concat([framed(nextMessage(options)), framed(nextMessage(options))])
  tally.packetsTcp += 2
  tally.silent += 2
  socket.write(bytes.subarray(0, random.int(bytes.length)))
  await sleep(random.int(3))
}

async function sayNothing(_socket: Socket, { random }: TcpStormOptions): Promise<void> {
  await sleep(random.int(3))
}

/** Asks for far more than it takes; the agent must neither hold it all nor wait for ever. */
async function neverRead(
  socket: Socket,
  { tally, largeName, random }: TcpStormOptions,
): Promise<void> {
  socket.pause()
  const query = framed(rawQuery(wireName(largeName), 16).bytes)
  tally.packetsTcp += UNREAD_QUERIES
  tally.silent += UNREAD_QUERIES
  socket.write(Buffer.concat(Array.from({ length: UNREAD_QUERIES }, () => query)))
  await sleep(random.int(200))
}

function nextMessage({ nextPacket }: StormOptions): Buffer {
  return nextPacket().subarray(0, TCP_QUERY_BYTES_MAX)
}

function framed(message: Buffer, length: number = message.length): Buffer {
  return Buffer.concat([Buffer.of((length >> 8) & 0xff, length & 0xff), message])
}

function readMessages(socket: Socket, take: (answer: Buffer) => void): void {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
      const end = 2 + received.readUInt16BE(0)
      take(received.subarray(2, end))
      received = received.subarray(end)
    }
  })
}

/** Whether the agent ends the connection in time. */
function closing(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CLOSE_TIMEOUT_MS)
    const closed = (): void => {
      clearTimeout(timer)
      resolve(true)
    }
    socket.once('end', closed)
    socket.once('close', closed)
  })
}
