/** RADIUS accounting packets made byte by byte, apart from the code that is tested (RFC 2866, RFC 2869). */
import { createHash, createHmac } from 'node:crypto'
import { createSocket } from 'node:dgram'

const HEADER_BYTES = 20

/** One attribute: its type, and its value as text, as a number of four bytes, or as bytes. */
export type Attribute = readonly [type: number, value: string | number | Uint8Array]

export interface RequestParts {
  readonly id?: number
  readonly code?: number
  readonly secret: string
  readonly attributes: readonly Attribute[]
  /** Whether a Message-Authenticator is the first attribute. */
  readonly isSigned?: boolean
}

/** The packet, authentic by its secret. */
export function radiusRequest(parts: RequestParts): Buffer {
  const { id = 1, code = 4, secret, attributes, isSigned = false } = parts
  const all: readonly Attribute[] = isSigned
    ? [[80, new Uint8Array(16)], ...attributes]
    : attributes
  const body = Buffer.concat(
    all.map(([type, value]) => {
      const bytes = valueBytes(value)
      return Buffer.concat([Buffer.from([type, bytes.length + 2]), bytes])
    }),
  )
  const packet = Buffer.concat([Buffer.from([code, id, 0, 0]), Buffer.alloc(16), body])
  packet.writeUInt16BE(packet.length, 2)
  if (isSigned)
    createHmac('md5', secret)
      .update(packet)
      .digest()
      .copy(packet, HEADER_BYTES + 2)
  signRequest(packet, secret)
  return packet
}

/** Makes the Request Authenticator of bytes that may be anything. */
export function signRequest(packet: Buffer, secret: string): void {
  packet.fill(0, 4, HEADER_BYTES)
  createHash('md5').update(packet).update(secret).digest().copy(packet, 4)
}

/** Whether an answer is an Accounting-Response to the request, signed with the secret. */
export function isAnswerTo(request: Buffer, answer: Buffer | undefined, secret: string): boolean {
  if (!answer || answer[0] !== 5 || answer[1] !== request[1]) return false
  if (answer.readUInt16BE(2) !== answer.length) return false
  const signed = Buffer.concat([
    answer.subarray(0, 4),
    request.subarray(4, 20),
    answer.subarray(20),
  ])
  return createHash('md5').update(signed).update(secret).digest().equals(answer.subarray(4, 20))
}

export interface RadiusSender {
  readonly send: (packet: Uint8Array) => void
  /** Sends and waits for an answer; undefined when none comes in time. */
  readonly ask: (packet: Uint8Array) => Promise<Buffer | undefined>
  /** Answers so far, with those that `ask` got. */
  readonly answers: readonly Buffer[]
  readonly close: () => Promise<void>
}

const ANSWER_MS = 2_000

/** A socket of its own that sends from `from` to a port of 127.0.0.1 or ::1. */
export async function radiusSender(port: number, from = '127.0.0.1'): Promise<RadiusSender> {
  const isV6 = from.includes(':')
  const socket = createSocket(isV6 ? 'udp6' : 'udp4')
  await new Promise<void>((resolve) => socket.bind(0, from, resolve))
  const answers: Buffer[] = []
  let arrived: (answer: Buffer) => void = () => undefined
  socket.on('message', (answer) => {
    answers.push(answer)
    arrived(answer)
  })
  const send = (packet: Uint8Array): void => socket.send(packet, port, isV6 ? '::1' : '127.0.0.1')
  return {
    answers,
    send,
    ask: (packet) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), ANSWER_MS)
        arrived = (answer) => {
          clearTimeout(timer)
          resolve(answer)
        }
        send(packet)
      }),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

function valueBytes(value: Attribute[1]): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  if (typeof value !== 'number') return value
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
