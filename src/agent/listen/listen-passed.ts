import type { FastPath } from '../fastpath/fast-path.ts'
import type { Listener } from './listener.ts'
import type { PassedSockets } from './passed-sockets.ts'
import { listenTcp, type StreamListenOptions } from './tcp.ts'
import { listenUdp } from './udp.ts'

/**
 * Listens on the sockets that were passed for an endpoint, and by itself where only those of UDP or those of TCP were. Rejects when one
 * cannot be taken; those taken before are closed again.
 */
export async function listenPassed(
  options: StreamListenOptions,
  { udp, tcp }: PassedSockets,
  fast: FastPath | undefined,
): Promise<readonly Listener[]> {
  const listeners: Listener[] = []
  const each = (fds: readonly number[]): readonly StreamListenOptions[] =>
    fds.length > 0 ? fds.map((fd) => ({ ...options, fd })) : [options]
  try {
    if (!fast) for (const one of each(udp)) listeners.push(await listenUdp(one))
    else listeners.push(udp.length > 0 ? fast.adopt(options, udp) : fast.open(options))
    for (const one of each(tcp)) listeners.push(await listenTcp(one))
    return listeners
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()))
    throw error
  }
}
