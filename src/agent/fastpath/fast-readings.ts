import type { Reading } from '../metrics/agent-metrics.ts'
import type { FastPath } from './fast-path.ts'
import type { TallyReadings } from './shared-tally.ts'

/** What the batch listener says of itself. */
export function fastReadings(fast: FastPath): readonly Reading[] {
  const sum = (read: (readings: TallyReadings) => number): number =>
    fast.tallies.reduce((total, tally) => total + read(tally.readings()), 0)
  return [
    {
      kind: 'gauge',
      name: 'edge_fast_path_workers',
      help: 'Workers of the batch listener',
      read: () => fast.workers,
    },
    {
      kind: 'gauge',
      name: 'edge_fast_path_up',
      help: 'Whether all workers of the batch listener answer; else the main thread does for those that do not',
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
      read: () => sum(({ lookupsDropped }) => lookupsDropped),
    },
    {
      kind: 'gauge',
      name: 'edge_fast_path_cache_entries',
      help: 'Answers in the caches of the batch listener, those of all workers together',
      read: () => sum(({ cacheEntries }) => cacheEntries),
    },
    {
      kind: 'gauge',
      name: 'edge_fast_path_cache_size_bytes',
      help: 'Memory of those caches, estimated',
      read: () => sum(({ cacheBytes }) => cacheBytes),
    },
    {
      kind: 'counter',
      name: 'edge_fast_path_prefetches_total',
      help: 'Answers that the batch listener asked for anew before their time was over',
      read: () => sum(({ renewals }) => renewals),
    },
  ]
}
