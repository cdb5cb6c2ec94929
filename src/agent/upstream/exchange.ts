import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { type Failure, failure } from '#domain/failure.ts'
import { isAnswerTo } from '#wire/upstream-query.ts'

export interface UpstreamAddress {
  readonly address: string
  readonly port: number
}

export type ExchangeFailure = Failure<'timeout' | 'unreachable' | 'malformed-answer'>

/** Datagrams that match no query of ours are counted here and otherwise ignored, however many come. */
export interface ExchangeCounters {
  mismatched: number
}

/**
 * Sends one query over UDP from a socket of its own: the kernel picks a random port, and connecting it lets only the
 * upstream's address reach it (RFC 5452 section 9). Waits on through answers that do not match. Never rejects.
 */
export function exchangeUdp(
  upstream: UpstreamAddress,
  query: Buffer,
  timeoutMs: number,
  counters: ExchangeCounters,
): Promise<Buffer | ExchangeFailure> {
  return new Promise((resolve) => {
    const socket = createSocket(upstream.address.includes(':') ? 'udp6' : 'udp4')
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
      if (isAnswerTo(query, message)) finish(message)
      else counters.mismatched++
    })
    // Not as a callback of `connect`: that is called for a failure as well.
    socket.on('connect', () => socket.send(query))
    socket.connect(upstream.port, upstream.address)
  })
}

/** The same over TCP (RFC 7766): one connection, one query, two bytes of length before each message. Never rejects. */
export function exchangeTcp(
  upstream: UpstreamAddress,
  query: Buffer,
  timeoutMs: number,
): Promise<Buffer | ExchangeFailure> {
  return new Promise((resolve) => {
    const socket = connect({ host: upstream.address, port: upstream.port })
    const finish = (outcome: Buffer | ExchangeFailure): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
    const timer = setTimeout(() => finish(failure('timeout', 'no answer in time')), timeoutMs)
    let received = Buffer.alloc(0)
    socket.on('error', (error) => finish(failure('unreachable', error.message)))
    socket.on('end', () => finish(failure('malformed-answer', 'connection ended early')))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      if (received.length < 2) return
      const end = 2 + received.readUInt16BE(0)
      if (received.length < end) return
      const message = received.subarray(2, end)
      finish(
        isAnswerTo(query, message) ? message : failure('malformed-answer', 'answers another query'),
      )
    })
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.length)
    socket.write(Buffer.concat([length, query]))
  })
}
