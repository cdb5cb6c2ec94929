import { connect, type Socket } from 'node:net'
import { failure } from '#domain/failure.ts'
import type { ReadyUpstream } from '../policy/ready-config.ts'
import type { ExchangeFailure } from './exchange.ts'

/** A connection that takes longer is given up. */
const CONNECT_MS_MAX = 3_000

/** Opens a TCP connection. Never rejects. */
export function dialTcp({
  address,
  port,
  from,
}: Pick<ReadyUpstream, 'address' | 'port' | 'from'>): Promise<Socket | ExchangeFailure> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localAddress: from })
    socket.unref()
    const fail = (detail: string): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(failure('unreachable', detail))
    }
    const timer = setTimeout(() => fail('no connection in time'), CONNECT_MS_MAX)
    socket.on('error', (error) => fail(error.message))
    socket.once('connect', () => {
      clearTimeout(timer)
      socket.removeAllListeners('error')
      resolve(socket)
    })
  })
}
