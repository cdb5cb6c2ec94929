/** An independent DNS client for tests: dns-packet's codec over real sockets, never our own wire code. */
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { type DecodedPacket, decode, encode, type OptAnswer, type Packet } from 'dns-packet'
import { type KeptTransport, keepConnection } from './kept-connection.ts'

export const ASK_TIMEOUT_MS = 3_000

export interface AskOptions {
  readonly port: number
  readonly address?: string
  readonly transport?: 'udp' | 'tcp' | KeptTransport
  readonly timeoutMs?: number
}

export interface Reply extends DecodedPacket {
  readonly bytes: Buffer
}

let nextId = 1

/** Sends bytes as one message; resolves with the first message that comes back, or undefined at the time limit. */
export function askRaw(message: Buffer, options: AskOptions): Promise<Buffer | undefined> {
  const { transport, port, address, timeoutMs } = options
  if (transport !== undefined && transport !== 'udp' && transport !== 'tcp') {
    const connection = keepConnection(transport, port, address)
    return connection.ask(message, timeoutMs).finally(connection.close)
  }
  return transport === 'tcp' ? askTcp(message, options) : askUdp(message, options)
}

/** Asks one question, with EDNS unless told otherwise. */
export async function ask(
  name: string,
  type: string,
  options: AskOptions & { readonly edns?: boolean; readonly packet?: Partial<Packet> },
): Promise<Reply> {
  const typed = /^TYPE(\d+)$/.exec(type)
  const message = encode({
    type: 'query',
    id: nextId++ & 0xffff,
    flags: 0x0100,
    questions: [{ type: typed ? 'A' : (type as 'A'), name }],
    additionals: options.edns === false ? [] : [opt()],
    ...options.packet,
  })
  if (typed) {
    const end = 12 + encodedNameLength(name)
    message.writeUInt16BE(Number(typed[1]), end)
  }
  const bytes = await askRaw(message, options)
  if (!bytes) throw new Error(`no answer to ${name} ${type}`)
  return { ...decode(bytes), bytes }
}

export function rcodeOf(reply: { readonly bytes: Buffer }): number {
  return reply.bytes.readUInt16BE(2) & 0xf
}

/** The extended error of an answer (RFC 8914), if it has one. */
export function ednsError(
  reply: Reply,
): { readonly code: number; readonly text: string } | undefined {
  for (const record of reply.additionals ?? []) {
    if (record.type !== 'OPT') continue
    for (const option of record.options) {
      const { code, data } = option as { readonly code: number; readonly data?: Buffer }
      if (code === 15 && data) return { code: data.readUInt16BE(0), text: data.toString('utf8', 2) }
    }
  }
  return undefined
}

/** Parts of a query that sets DO or CD. */
export function dnssecQuery(flags: {
  readonly isDo?: boolean
  readonly isCd?: boolean
}): Partial<Packet> {
  const { isDo = false, isCd = false } = flags
  return {
    flags: isCd ? 0x0110 : 0x0100,
    additionals: [{ ...opt(), flags: isDo ? 0x8000 : 0, flag_do: isDo }],
  }
}

function encodedNameLength(name: string): number {
  return name === '.' ? 1 : name.length + 2
}

function opt(): OptAnswer {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options: [],
  }
}

function askUdp(
  message: Buffer,
  { port, address = '127.0.0.1', timeoutMs = ASK_TIMEOUT_MS }: AskOptions,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const finish = (reply: Buffer | undefined): void => {
      clearTimeout(timer)
      socket.close()
      resolve(reply)
    }
    const timer = setTimeout(() => finish(undefined), timeoutMs)
    socket.on('message', finish)
    socket.send(message, port, address)
  })
}

function askTcp(
  message: Buffer,
  { port, address = '127.0.0.1', timeoutMs = ASK_TIMEOUT_MS }: AskOptions,
): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: address })
    const finish = (reply: Buffer | undefined): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(reply)
    }
    const timer = setTimeout(() => finish(undefined), timeoutMs)
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0))
        finish(received.subarray(2, 2 + received.readUInt16BE(0)))
    })
    socket.on('error', () => finish(undefined))
    socket.on('close', () => finish(undefined))
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
  })
}
