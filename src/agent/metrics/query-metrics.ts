import { Counter, Histogram, type Registry } from 'prom-client'
import { BLOCK_REASONS } from '#rules/verdict.ts'
import { BYPASS_WAYS } from '../bypass-way.ts'
import { RESULTS, TRANSPORTS } from '../query.ts'
import type { CountQuery } from '../stages/observe.ts'

/** From a memory hit to an upstream that takes its time. */
const BUCKETS_SECONDS = [0.00005, 0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 2]

/** Registers the query metrics and returns what counts one query. Children are made once, so counting is cheap. */
export function makeQueryMetrics(registry: Registry): CountQuery {
  const queries = new Counter({
    name: 'edge_dns_queries_total',
    help: 'Queries by what became of them and by transport',
    labelNames: ['result', 'transport'],
    registers: [registry],
  })
  const duration = new Histogram({
    name: 'edge_dns_query_duration_seconds',
    help: 'Time from receiving a query to having its answer',
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
  const signals = new Counter({
    name: 'edge_bypass_signals_total',
    help: 'Questions that are signs of a way round the filter, answered or not',
    labelNames: ['way'],
    registers: [registry],
  })
  const ways = new Map(BYPASS_WAYS.map((way) => [way, signals.labels({ way })]))
  return (transport, result, seconds, reason, way) => {
    if (way !== undefined) ways.get(way)?.inc()
    if (reason !== undefined) reasons.get(reason)?.inc()
    counters.get(transport)?.get(result)?.inc()
    durations.get(transport)?.observe(seconds)
  }
}
