import { type Failure, failure } from '#domain/failure.ts'
import type { FastPath } from '../fastpath/fast-path.ts'
import type { Resolve } from '../stage.ts'
import { isAbsent, whyNot } from './listen-fault.ts'
import { listenPassed } from './listen-passed.ts'
import type { Listener } from './listener.ts'
import type { PassedSockets } from './passed-sockets.ts'
import { makeQueryPool } from './query-pool.ts'
import { listenTcp, type StreamListenOptions } from './tcp.ts'
import { listenUdp } from './udp.ts'

export interface DnsEndpoint {
  readonly address: string
  readonly port: number
  /** Sockets that were passed for it. */
  readonly passed?: PassedSockets
}

export interface DnsListeners {
  readonly listeners: readonly Listener[]
  /** Endpoints that this machine does not have, in words: IPv6 switched off, an address not yet assigned. */
  readonly absent: readonly string[]
}

/**
 * Listens on every endpoint, UDP and TCP; UDP by the fast path where there is one, else by node:dgram. An address that the machine lacks is left out and told; a port that is taken
 * or not permitted closes the others again, since a filter that half listens looks like one that works.
 */
export async function listenDns(
  endpoints: readonly DnsEndpoint[],
  resolve: Resolve,
  streams: Pick<StreamListenOptions, 'limits' | 'gate'>,
  fast?: FastPath,
): Promise<DnsListeners | Failure<'cannot-listen'>> {
  const listeners: Listener[] = []
  const absent: string[] = []
  const queries = makeQueryPool()
  for (const { address, port, passed } of endpoints) {
    const options = { address, port, resolve, queries, ...streams }
    try {
      const opened = passed ? listenPassed(options, passed, fast) : listenPair(options, fast)
      listeners.push(...(await opened))
    } catch (error) {
      const why = whyNot(error, { address, port, option: 'listen.dns' })
      if (isAbsent(error)) {
        absent.push(why)
        continue
      }
      await Promise.all(listeners.map((listener) => listener.close()))
      return failure('cannot-listen', why)
    }
  }
  if (listeners.length > 0) {
    fast?.start(resolve, queries)
    return { listeners, absent }
  }
  return failure('cannot-listen', absent.join('; ') || 'listen.dns names no address')
}

/** Tries at a port of the kernel's choice that is free for UDP and TCP alike. */
const PORT_TRIES_MAX = 20

/** UDP and TCP on one port; where the kernel chooses it for UDP, another program may hold its TCP twin. */
async function listenPair(
  options: StreamListenOptions,
  fast: FastPath | undefined,
): Promise<readonly [Listener, Listener]> {
  for (let tries = 1; ; tries++) {
    const udp = fast ? fast.open(options) : await listenUdp(options)
    try {
      return [udp, await listenTcp({ ...options, port: udp.port })]
    } catch (error) {
      if (fast) fast.takeBack()
      else await udp.close()
      if (options.port !== 0 || tries === PORT_TRIES_MAX) throw error
    }
  }
}
