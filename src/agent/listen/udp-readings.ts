import { parseAddress } from '#domain/ip-address.ts'
import type { Log } from '#platform/log.ts'
import { kernelDrops } from '#platform/udp-drops.ts'
import type { FastPath } from '../fastpath/fast-path.ts'
import type { Reading } from '../metrics/agent-metrics.ts'
import type { Listener } from './listener.ts'
import { RECEIVE_BUFFER_BYTES } from './receive-buffer.ts'

const EVERY_ADDRESS: readonly string[] = ['0.0.0.0', '::']

/** What is known of the sockets for UDP, however it is received. */
export function udpReadings(
  listeners: readonly Listener[],
  fast: FastPath | undefined,
): readonly Reading[] {
  const bound = listeners
    .filter(({ transport }) => transport === 'udp')
    .flatMap(({ address: text, port }) => {
      const address = parseAddress(text)
      return address ? [{ address, port }] : []
    })
  return [
    {
      kind: 'gauge',
      name: 'edge_udp_receive_buffer_bytes',
      help: 'Room that the kernel gave for datagrams that wait, the least of all sockets',
      read: () => leastRoom(listeners),
    },
    {
      kind: 'counter',
      name: 'edge_udp_kernel_drops_total',
      help: 'Datagrams that the kernel dropped for want of room, as it last told',
      read: () =>
        fast
          ? fast.tallies.reduce((sum, tally) => sum + tally.readings().kernelDrops, 0)
          : kernelDrops(bound),
    },
  ]
}

/** One line where the system gave less room than was asked for: then bursts are lost that need not be. */
export function tellOfRoom(listeners: readonly Listener[], log: Log): void {
  const givenBytes = leastRoom(listeners)
  if (givenBytes < RECEIVE_BUFFER_BYTES)
    log.warn(
      { askedBytes: RECEIVE_BUFFER_BYTES, givenBytes },
      'UDP sockets have less room than asked for: raise net.core.rmem_max, or use the socket unit',
    )
}

/**
 * One line where node:dgram listens on every address: it does not tell to which one a query went, so on a machine of several an answer may
 * leave from another (RFC 2181 section 4.1), which clients do not take.
 */
export function tellOfSources(
  listeners: readonly Listener[],
  fast: FastPath | undefined,
  log: Log,
): void {
  if (fast) return
  for (const { transport, address, port } of listeners)
    if (transport === 'udp' && EVERY_ADDRESS.includes(address))
      log.warn(
        { address, port },
        'UDP by node answers from the address that the system picks: where there are several, name each under listen.dns',
      )
}

function leastRoom(listeners: readonly Listener[]): number {
  return Math.min(...listeners.map(({ receiveBufferBytes: bytes }) => bytes ?? Infinity))
}
