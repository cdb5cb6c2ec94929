import { createSocket, type Socket } from 'node:dgram'
import { failure } from '#domain/failure.ts'
import { isAnswerTo } from '#wire/upstream-query.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import type { ExchangeFailure } from './exchange.ts'
import { DRAWS_MAX, RecentPorts } from './recent-ports.ts'

/** Messages that answer nothing, after which no other is listened to: with enough guesses any id is found. */
const MISMATCHES_MAX = 2_048

/** Where a question goes, and from which address of this machine. */
type Way = Pick<ReadyUpstream, 'address' | 'port' | 'from'>

export interface UdpExchange {
  readonly query: Buffer
  readonly timeoutMs: number
  /** Whether an answer to the query is to be believed. */
  readonly accepts: (message: Buffer) => boolean
  /** Told of every message that is none, or is not believed. */
  readonly onMismatch: () => void
}

/** Of this thread. */
const ports = new RecentPorts()

/**
 * Sends one query over UDP from a socket of its own: the kernel picks a random port, and connecting it lets only the
 * upstream's address reach it (RFC 5452 section 9). Waits on through whatever else comes, up to a flood. Never rejects.
 */
export function exchangeUdp(
  way: Way,
  { query, timeoutMs, accepts, onMismatch }: UdpExchange,
): Promise<Buffer | ExchangeFailure> {
  return new Promise((resolve) => {
    let mismatches = 0
    let socket: Socket | undefined
    const finish = (outcome: Buffer | ExchangeFailure): void => {
      clearTimeout(timer)
      if (socket) discard(socket)
      resolve(outcome)
    }
    const timer = setTimeout(() => finish(failure('timeout', 'no answer in time')), timeoutMs)
    const take = (message: Buffer): void => {
      if (isAnswerTo(query, message) && accepts(message)) return finish(message)
      onMismatch()
      if (++mismatches >= MISMATCHES_MAX)
        finish(failure('flooded', 'too much that answers nothing'))
    }
    const open = (draws: number): void => {
      const opened = connectTo(way)
      socket = opened
      opened.on('error', (error) => finish(failure('unreachable', error.message)))
      opened.on('message', take)
      // Not as a callback of `connect`: that is called for a failure as well.
      opened.on('connect', () => {
        const isFresh = ports.take(opened.address().port, performance.now())
        if (isFresh || draws >= DRAWS_MAX) return opened.send(query)
        discard(opened)
        open(draws + 1)
      })
    }
    open(1)
  })
}

function connectTo({ address, port, from }: Way): Socket {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  if (from === undefined) socket.connect(port, address)
  else socket.bind(0, from, () => socket.connect(port, address))
  return socket
}

function discard(socket: Socket): void {
  socket.removeAllListeners()
  socket.on('error', () => undefined)
  socket.close()
}
