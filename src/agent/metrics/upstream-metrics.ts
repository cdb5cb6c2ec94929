import type { Upstream } from '../upstream/upstream.ts'
import type { PlacedPool } from '../upstream-slot.ts'
import type { Reading } from './agent-metrics.ts'

const TRANSPORTS = ['udp', 'tcp', 'dot', 'doh'] as const

type Placed = readonly (readonly [place: string, upstream: Upstream])[]

/** A figure of each upstream, or the sum over all. */
interface Figure {
  readonly name: string
  readonly help: string
  readonly kind?: Reading['kind']
  readonly read: (upstream: Upstream) => number
}

const OF_EACH: readonly Figure[] = [
  {
    name: 'edge_upstream_queries_total',
    help: 'Questions asked, by place in the configuration',
    read: ({ counts }) => counts.queries,
  },
  {
    name: 'edge_upstream_failures_total',
    help: 'Questions that an upstream did not answer',
    read: ({ counts }) => counts.failures,
  },
  {
    name: 'edge_upstream_probes_total',
    help: 'Questions asked only to know whether an upstream is back',
    read: ({ counts }) => counts.probes,
  },
  {
    name: 'edge_upstream_resting',
    help: '1 while an upstream is asked last, because it has failed',
    kind: 'gauge',
    read: ({ health }) => Number(health.isResting),
  },
  {
    name: 'edge_upstream_rtt_seconds',
    help: 'Smoothed round trip, 0 before the first answer',
    kind: 'gauge',
    read: ({ health }) => health.rttMs / 1000,
  },
]

const OF_ALL: readonly Figure[] = [
  {
    name: 'edge_upstream_mismatched_total',
    help: 'Messages that matched no question of ours',
    read: ({ counts }) => counts.mismatched,
  },
  {
    name: 'edge_upstream_truncated_total',
    help: 'Answers asked for again over TCP',
    read: ({ counts }) => counts.truncated,
  },
  {
    name: 'edge_upstream_tcp_fallbacks_total',
    help: 'Questions that went on over TCP, for a truncated answer or one that matched nothing',
    read: ({ counts }) => counts.tcpFallbacks,
  },
]

/**
 * Figures of the upstreams. The label `upstream` is its place in the configuration: `2` is the second of `upstreams`, `z1-2` the second of
 * the first zone.
 */
export function upstreamReadings(pools: () => readonly PlacedPool[]): Reading[] {
  const all = (): Placed =>
    pools().flatMap(({ prefix, pool }) =>
      pool.upstreams.map((upstream, i) => [`${prefix}${i + 1}`, upstream] as const),
    )
  return [
    ...OF_EACH.map(({ name, help, kind = 'counter', read }) => ({
      name,
      help,
      kind,
      label: 'upstream',
      read: () => all().map(([place, upstream]) => [place, read(upstream)] as const),
    })),
    ...OF_ALL.map(({ name, help, kind = 'counter', read }) => ({
      name,
      help,
      kind,
      read: () => all().reduce((total, [, upstream]) => total + read(upstream), 0),
    })),
    {
      name: 'edge_upstream_messages_total',
      help: 'Messages sent, by transport',
      kind: 'counter',
      label: 'transport',
      read: () =>
        TRANSPORTS.map((transport) => [transport, messagesOver(transport, all())] as const),
    },
  ]
}

/** What a UDP upstream was asked over a connection counts as TCP. */
function messagesOver(transport: (typeof TRANSPORTS)[number], all: Placed): number {
  return all.reduce((total, [, { settings, counts }]) => {
    const overUdp = transport === 'udp' ? counts.udpMessages : 0
    const stream = settings.transport === 'udp' ? 'tcp' : settings.transport
    return total + overUdp + (transport === stream ? counts.streamMessages : 0)
  }, 0)
}
