import type { Reading } from '../metrics/agent-metrics.ts'
import type { FastPath } from './fast-path.ts'

/** What the batch listener says of itself. */
export function fastReadings(fast: FastPath): readonly Reading[] {
  const gauge = (name: string, help: string, read: () => number): Reading => ({
    kind: 'gauge',
    name,
    help,
    read,
  })
  const counter = (name: string, help: string, read: () => number): Reading => ({
    kind: 'counter',
    name,
    help,
    read,
  })
  const { tally } = fast
  return [
    gauge(
      'edge_udp_receive_buffer_bytes',
      'Room that the kernel gave for datagrams that wait, the least of all sockets',
      () => fast.receiveBufferBytes,
    ),
    counter(
      'edge_udp_kernel_drops_total',
      'Datagrams that the kernel dropped for want of room, as it last told',
      () => tally.readings().kernelDrops,
    ),
    counter(
      'edge_fast_path_replaced_total',
      'Workers of the batch listener that died and were replaced',
      () => fast.replaced,
    ),
    counter(
      'edge_fast_path_lookups_dropped_total',
      'Blocked lookups that found no room on their way to the events',
      () => tally.readings().lookupsDropped,
    ),
    gauge(
      'edge_fast_path_cache_entries',
      'Answers in the cache of the batch listener',
      () => tally.readings().cacheEntries,
    ),
    gauge(
      'edge_fast_path_cache_size_bytes',
      'Memory of that cache, estimated',
      () => tally.readings().cacheBytes,
    ),
  ]
}
