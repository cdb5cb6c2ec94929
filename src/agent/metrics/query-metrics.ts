import { Counter, Histogram, type Registry } from 'prom-client'
import { BLOCK_REASONS, type BlockReason, type Verdict } from '#rules/verdict.ts'
import { bypassWayOf, groupOf } from '../bypass-way.ts'
import { type QueryResult, RESULTS, TRANSPORTS, type Transport } from '../query.ts'
import { blockReasonOf, type CountQuery } from '../stages/observe.ts'
import { type AddWays, makeBypassCounter } from './bypass-counter.ts'
import { type AddLimits, makeLimitCounter } from './limit-counter.ts'
import { makeVerdictCounter } from './verdict-counter.ts'

/** From a memory hit to an upstream that takes its time. */
const BUCKETS_SECONDS = [0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 2]

/** What counts queries: one at a time where they are answered here, in sums where another thread has counted. */
export interface QueryMetrics {
  readonly count: CountQuery
  readonly addResults: (transport: Transport, result: QueryResult, count: number) => void
  readonly addReasons: (reason: BlockReason, count: number) => void
  readonly addLimits: AddLimits
  readonly addWays: AddWays
  readonly addVerdicts: (kind: Verdict['kind'], category: string | undefined, count: number) => void
  /** How long one query took that another thread has answered. */
  readonly observe: (transport: Transport, seconds: number) => void
}

/** Registers the query metrics. Children are made once, so counting is cheap. `gather` is called before they are read. */
export function makeQueryMetrics(
  registry: Registry,
  gather: () => void = () => undefined,
): QueryMetrics {
  const queries = new Counter({
    name: 'edge_dns_queries_total',
    help: 'Queries by what became of them and by transport',
    labelNames: ['result', 'transport'],
    registers: [registry],
    collect: gather,
  })
  const duration = new Histogram({
    name: 'edge_dns_query_duration_seconds',
    help: 'Time from receiving a query to having its answer; on the fast path of one query in 16',
    labelNames: ['transport'],
    buckets: BUCKETS_SECONDS,
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
  const addWays = makeBypassCounter(registry)
  const addLimits = makeLimitCounter(registry)
  const addVerdicts = makeVerdictCounter(registry)
  return {
    count: (query, seconds) => {
      const { transport, result, decided } = query
      const reason = blockReasonOf(query)
      const way = bypassWayOf(query)
      if (way !== undefined) addWays(way, groupOf(query), 1)
      if (query.limited !== undefined) addLimits(query.limited, 1)
      if (reason !== undefined) reasons.get(reason)?.inc()
      if (decided) addVerdicts(decided.kind, decided.category, 1)
      counters.get(transport)?.get(result)?.inc()
      durations.get(transport)?.observe(seconds)
    },
    addResults: (transport, result, count) => counters.get(transport)?.get(result)?.inc(count),
    addReasons: (reason, count) => reasons.get(reason)?.inc(count),
    addLimits,
    addWays,
    addVerdicts,
    observe: (transport, seconds) => durations.get(transport)?.observe(seconds),
  }
}
