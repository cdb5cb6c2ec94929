import type { Reading } from '../metrics/agent-metrics.ts'
import type { FastPath } from './fast-path.ts'

/** What the batch listener says of itself. */
export function fastReadings(fast: FastPath): readonly Reading[] {
  const { tally } = fast
  return [
    {
      kind: 'gauge',
      name: 'edge_udp_receive_buffer_bytes',
      help: 'Room that the kernel gave for datagrams that wait, the least of all sockets',
      read: () => fast.receiveBufferBytes,
    },
    {
      kind: 'counter',
      name: 'edge_udp_kernel_drops_total',
      help: 'Datagrams that the kernel dropped for want of room, as it last told',
      read: () => tally.readings().kernelDrops,
    },
    {
      kind: 'gauge',
      name: 'edge_fast_path_up',
      help: 'Whether the worker of the batch listener answers; else the main thread does',
      read: () => (fast.isUp ? 1 : 0),
    },
    {
      kind: 'counter',
      name: 'edge_fast_path_replaced_total',
      help: 'Workers of the batch listener that died and were replaced',
      read: () => fast.replaced,
    },
    {
      kind: 'counter',
      name: 'edge_fast_path_lookups_dropped_total',
      help: 'Blocked lookups that found no room on their way to the events',
      read: () => tally.readings().lookupsDropped,
    },
    {
      kind: 'gauge',
      name: 'edge_fast_path_cache_entries',
      help: 'Answers in the cache of the batch listener',
      read: () => tally.readings().cacheEntries,
    },
    {
      kind: 'gauge',
      name: 'edge_fast_path_cache_size_bytes',
      help: 'Memory of that cache, estimated',
      read: () => tally.readings().cacheBytes,
    },
    {
      kind: 'counter',
      name: 'edge_fast_path_prefetches_total',
      help: 'Answers that the batch listener asked for anew before their time was over',
      read: () => tally.readings().renewals,
    },
  ]
}
