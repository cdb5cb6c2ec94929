import { Counter, type Registry } from 'prom-client'
import { LIMIT_KINDS, type LimitKind } from '../limits/limit-kind.ts'

/** Counts queries that have run into a limit. */
export type AddLimits = (limit: LimitKind, count: number) => void

/** Registers the count of queries that ran into a limit, by which. Children are made once. */
export function makeLimitCounter(registry: Registry): AddLimits {
  const limited = new Counter({
    name: 'edge_dns_limited_total',
    help: 'Queries that ran into a limit of their client, of the zone asked for, or of all',
    labelNames: ['limit'],
    registers: [registry],
  })
  const children = new Map(LIMIT_KINDS.map((limit) => [limit, limited.labels({ limit })]))
  return (limit, count) => children.get(limit)?.inc(count)
}
