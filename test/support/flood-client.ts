/** A client that sends many datagrams at once, from an address of its choice on loopback. */
import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FloodReply {
  readonly bytes: Buffer
  readonly isTruncated: boolean
}

export interface FloodClient {
  /** Every reply since the start. */
  readonly replies: readonly FloodReply[]
  readonly send: (messages: readonly Buffer[]) => void
  /** Sends all, and waits until all but so many have been answered, and a moment more; or for some seconds. */
  readonly askAll: (
    messages: readonly Buffer[],
    unanswered: number,
  ) => Promise<readonly FloodReply[]>
  readonly close: () => Promise<void>
}

export interface FloodOptions {
  readonly port: number
  /** An address of 127.0.0.0/8. */
  readonly from: string
}

const WAIT_MS_MAX = 8_000
const POLL_MS = 10
/** For what should not come. */
const REST_MS = 300
/** Between these the other side gets a turn. */
const AT_ONCE = 50

export async function startFloodClient({ port, from }: FloodOptions): Promise<FloodClient> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_194_304 })
  const replies: FloodReply[] = []
  socket.on('message', (bytes) =>
    replies.push({ bytes, isTruncated: ((bytes[2] ?? 0) & 0x02) !== 0 }),
  )
  await new Promise<void>((resolve) => socket.bind(0, from, () => resolve()))
  const send = (messages: readonly Buffer[]): void => {
    for (const message of messages) socket.send(message, port, '127.0.0.1')
  }
  return {
    replies,
    send,
    askAll: async (messages, unanswered) => {
      const before = replies.length
      for (let i = 0; i < messages.length; i += AT_ONCE) {
        send(messages.slice(i, i + AT_ONCE))
        await sleep(1)
      }
      const due = before + messages.length - unanswered
      for (let waited = 0; replies.length < due && waited < WAIT_MS_MAX; waited += POLL_MS)
        await sleep(POLL_MS)
      if (unanswered > 0) await sleep(REST_MS)
      return replies.slice(before)
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
