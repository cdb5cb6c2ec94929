/** A client's side of a connection of DNS over TCP (RFC 7766) or TLS (RFC 7858), message by message. Any certificate will do. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Test } from 'tap'

export type StreamKind = 'tcp' | 'dot'
export const STREAM_KINDS: readonly StreamKind[] = ['tcp', 'dot']

/** Opens one that may be half closed, on 127.0.0.1; it ends with the test. */
export async function openStream(t: Test, kind: StreamKind, port: number): Promise<Socket> {
  const plain = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const socket = kind === 'tcp' ? plain : connectTls({ socket: plain, rejectUnauthorized: false })
  for (const one of [plain, socket]) one.on('error', () => undefined)
  t.teardown(() => socket.destroy())
  await once(socket, kind === 'tcp' ? 'connect' : 'secureConnect')
  return socket
}

/** A message behind its length. */
export function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message])
}

export interface ReadStream {
  readonly messages: readonly Buffer[]
  readonly end: 'enough' | 'end' | 'reset'
}

/** Reads messages until `count` have come or the connection ends. */
export async function readStream(socket: Socket, count: number): Promise<ReadStream> {
  const messages: Buffer[] = []
  let received = Buffer.alloc(0)
  try {
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        messages.push(received.subarray(2, end))
        received = received.subarray(end)
      }
      if (messages.length >= count) return { messages, end: 'enough' }
    }
  } catch {
    return { messages, end: 'reset' }
  }
  return { messages, end: 'end' }
}

export function idsOf(messages: readonly Buffer[]): readonly number[] {
  return messages.map((message) => message.readUInt16BE(0))
}
