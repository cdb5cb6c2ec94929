import type { Clock } from '#platform/clock.ts'
import type { AnswerCache } from '../cache/answer-cache.ts'
import type { RenewalGate } from '../cache/renewal.ts'
import type { AnswerSaver } from '../cache-file/answer-saver.ts'
import type { Reading } from './agent-metrics.ts'

export interface CacheMetricParts {
  readonly cache: AnswerCache
  /** Of the main thread; undefined where nothing is renewed early. */
  readonly gate: RenewalGate | undefined
  readonly saver: AnswerSaver
  readonly clock: Clock
}

/** What the answer cache of the main thread says of itself. */
export function cacheReadings({ cache, gate, saver, clock }: CacheMetricParts): Reading[] {
  return [
    {
      kind: 'gauge',
      name: 'edge_cache_entries',
      help: 'Answers in the cache',
      read: () => cache.size,
    },
    {
      kind: 'gauge',
      name: 'edge_cache_size_bytes',
      help: 'Memory of the answer cache, estimated',
      read: () => cache.sizeBytes,
    },
    {
      kind: 'counter',
      name: 'edge_cache_prefetches_total',
      help: 'Answers asked for anew before their time was over, by the main thread',
      read: () => gate?.begun ?? 0,
    },
    {
      kind: 'gauge',
      name: 'edge_cache_failures',
      help: 'Questions that are not asked for a while because they have failed',
      read: () => cache.failures.countAt(clock.monotonicMs()),
    },
    {
      kind: 'counter',
      name: 'edge_cache_failures_total',
      help: 'Failures that were kept for a while',
      read: () => cache.failures.noted,
    },
    {
      kind: 'counter',
      name: 'edge_cache_file_writes_total',
      help: 'How often the cache was written to the disk',
      read: () => saver.counters.writes,
    },
    {
      kind: 'gauge',
      name: 'edge_cache_file_entries',
      help: 'Answers in the file that was read or written last',
      read: () => saver.counters.answers,
    },
  ]
}
