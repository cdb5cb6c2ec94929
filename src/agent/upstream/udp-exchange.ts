import { createSocket } from 'node:dgram'
import { failure } from '#domain/failure.ts'
import { isAnswerTo } from '#wire/upstream-query.ts'
import type { Endpoint } from '../policy/sections/listen.ts'
import type { ExchangeFailure } from './exchange.ts'

export interface UdpExchange {
  readonly query: Buffer
  readonly timeoutMs: number
  /** Whether an answer to the query is to be believed. */
  readonly accepts: (message: Buffer) => boolean
  /** Told of every message that is none, or is not believed. */
  readonly onMismatch: () => void
}

/**
 * Sends one query over UDP from a socket of its own: the kernel picks a random port, and connecting it lets only the
 * upstream's address reach it (RFC 5452 section 9). Waits on through whatever else comes. Never rejects.
 */
export function exchangeUdp(
  { address, port }: Endpoint,
  { query, timeoutMs, accepts, onMismatch }: UdpExchange,
): Promise<Buffer | ExchangeFailure> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const finish = (outcome: Buffer | ExchangeFailure): void => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      socket.close()
      resolve(outcome)
    }
    const timer = setTimeout(() => finish(failure('timeout', 'no answer in time')), timeoutMs)
    socket.on('error', (error) => finish(failure('unreachable', error.message)))
    socket.on('message', (message) => {
      if (isAnswerTo(query, message) && accepts(message)) finish(message)
      else onMismatch()
    })
    // Not as a callback of `connect`: that is called for a failure as well.
    socket.on('connect', () => socket.send(query))
    socket.connect(port, address)
  })
}
