import { Counter, Histogram, type Registry } from 'prom-client'
import { BLOCK_REASONS, type BlockReason, type Verdict } from '#rules/verdict.ts'
import { type QueryResult, RESULTS, TRANSPORTS, type Transport } from '../query.ts'
import { blockReasonOf, type CountQuery } from '../stages/observe.ts'
import { makeVerdictCounter } from './verdict-counter.ts'

/** From a memory hit to an upstream that takes its time. */
export const LATENCY_BUCKETS_SECONDS: readonly number[] = [
  0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 2,
]

/** What counts queries: one at a time where they are answered here, in sums where another thread has counted. */
export interface QueryMetrics {
  readonly count: CountQuery
  readonly addResults: (transport: Transport, result: QueryResult, count: number) => void
  readonly addReasons: (reason: BlockReason, count: number) => void
  readonly addVerdicts: (
    kind: Verdict['kind'],
    category: string | undefined,
    count: number,
  ) => void
  /** From now on a transport's durations are those counted here and those that `read` gives. */
  readonly joinDurations: (transport: Transport, read: () => Durations) => void
}

/** Durations that another thread has counted. */
export interface Durations {
  /** By bucket of LATENCY_BUCKETS_SECONDS, the last for what is slower than all. */
  readonly buckets: readonly number[]
  /** Their sum. */
  readonly seconds: number
}

/** Registers the query metrics. Children are made once, so counting is cheap. `gather` is called before they are read. */
export function makeQueryMetrics(registry: Registry, gather: () => void = () => undefined): QueryMetrics {
  const queries = new Counter({
    name: 'edge_dns_queries_total',
    help: 'Queries by what became of them and by transport',
    labelNames: ['result', 'transport'],
    registers: [registry],
    collect: gather,
  })
  const duration = new Histogram({
    name: 'edge_dns_query_duration_seconds',
    help: 'Time from receiving a query to having its answer',
    labelNames: ['transport'],
    buckets: [...LATENCY_BUCKETS_SECONDS],
    registers: [registry],
  })
  const blocked = new Counter({
    name: 'edge_dns_blocked_total',
    help: 'Blocked queries by what decided it',
    labelNames: ['reason'],
    registers: [registry],
  })
  const reasons = new Map(BLOCK_REASONS.map((reason) => [reason, blocked.labels({ reason })]))
  const durations = new Map(
    TRANSPORTS.map((transport) => [transport, duration.labels({ transport })]),
  )
  const counters = new Map(
    TRANSPORTS.map((transport) => [
      transport,
      new Map(RESULTS.map((result) => [result, queries.labels({ result, transport })])),
    ]),
  )
  const addVerdicts = makeVerdictCounter(registry)
  return {
    count: (query, seconds) => {
      const { transport, result, decided } = query
      const reason = blockReasonOf(query)
      if (reason !== undefined) reasons.get(reason)?.inc()
      if (decided) addVerdicts(decided.kind, decided.category, 1)
      counters.get(transport)?.get(result)?.inc()
      durations.get(transport)?.observe(seconds)
    },
    addResults: (transport, result, count) => counters.get(transport)?.get(result)?.inc(count),
    addReasons: (reason, count) => reasons.get(reason)?.inc(count),
    addVerdicts,
    joinDurations: (transport, read) => joinDurations(duration, transport, read),
  }
}

/** The library adds one observation at a time; thousands a second are added where the histogram is read. */
function joinDurations(
  histogram: Histogram<'transport'>,
  transport: Transport,
  read: () => Durations,
): void {
  const readOwn = histogram.get.bind(histogram)
  histogram.get = async () => {
    const found = await readOwn()
    const { buckets, seconds } = read()
    const upTo = (le: number): number =>
      buckets.reduce(
        (sum, count, i) => (le >= (LATENCY_BUCKETS_SECONDS[i] ?? Infinity) ? sum + count : sum),
        0,
      )
    const values = found.values.map((value) => {
      const { labels, metricName = '' } = value
      if (labels.transport !== transport) return value
      const more = metricName.endsWith('_sum')
        ? seconds
        : upTo('le' in labels && metricName.endsWith('_bucket') ? leOf(labels.le) : Infinity)
      return { ...value, value: value.value + more }
    })
    return { ...found, values }
  }
}

function leOf(le: unknown): number {
  return le === '+Inf' ? Infinity : Number(le)
}
