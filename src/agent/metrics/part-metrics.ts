import type { Registry } from 'prom-client'
import { LANES, type Lane, LINK_STATES } from '#domain/event.ts'
import type { LinkMonitor } from '../link/link-monitor.ts'
import { quantileMs } from '../outbox/latency-histogram.ts'
import type { Outbox } from '../outbox/outbox-contract.ts'
import type { PolicyKeeper } from '../policy-keeper.ts'
import type { ListSupply } from '../supply/list-supply.ts'
import { supplyReadings } from '../supply/supply-metrics.ts'
import type { PlacedPool } from '../upstream-slot.ts'
import { type Reading, registerReadings } from './agent-metrics.ts'
import { type CacheMetricParts, cacheReadings } from './cache-metrics.ts'
import { type CaptureMetricParts, captureReadings } from './capture-metrics.ts'
import { type IdentityMetricParts, identityReadings } from './identity-metrics.ts'
import { type LockedMetricParts, lockedReadings } from './locked-metrics.ts'
import { type RecursorMetricParts, recursorReadings } from './recursor-metrics.ts'
import { upstreamReadings } from './upstream-metrics.ts'

export interface MetricParts
  extends LockedMetricParts,
    CacheMetricParts,
    RecursorMetricParts,
    IdentityMetricParts,
    CaptureMetricParts {
  readonly keeper: PolicyKeeper
  readonly pools: () => readonly PlacedPool[]
  readonly link: () => LinkMonitor
  readonly outbox: Outbox
  readonly supply: ListSupply
}

/**
 * Registers the figures of all parts. Labels are lane, link state, the kind of a report, a locked category, the id of a configured list, or the place of an
 * upstream in the configuration: never a name, address or user.
 */
export function registerPartMetrics(registry: Registry, parts: MetricParts): void {
  registerReadings(registry, [
    ...ruleReadings(parts),
    ...lockedReadings(parts),
    ...cacheReadings(parts),
    ...upstreamReadings(parts.pools),
    ...recursorReadings(parts),
    ...identityReadings(parts),
    ...captureReadings(parts),
    ...linkReadings(parts),
    ...outboxReadings(parts),
    ...supplyReadings(parts.supply, parts.clock),
  ])
}

function ruleReadings({ keeper, clock }: MetricParts): Reading[] {
  return [
    gauge('edge_rules_names', 'Names that carry a rule', () => keeper.rules.names),
    gauge('edge_rules_size_bytes', 'Memory of the compiled rules', () => keeper.rules.sizeBytes),
    {
      ...gauge('edge_list_age_seconds', 'Time since a list last changed', () =>
        keeper.rules.lists
          .filter(({ updatedAt }) => updatedAt > 0)
          .map(({ id, updatedAt }) => [id, (clock.wallMs() - updatedAt) / 1000]),
      ),
      label: 'list',
    },
    {
      ...gauge('edge_list_conditional_rules', 'Rules of a list that hold on a condition', () =>
        keeper.rules.lists.map(({ id, conditional }) => [id, conditional]),
      ),
      label: 'list',
    },
    {
      ...gauge('edge_list_refused_lines', 'Lines of a list that were not taken in', () =>
        keeper.rules.lists.map(({ id, refusedLines }) => [id, refusedLines]),
      ),
      label: 'list',
    },
  ]
}

function linkReadings({ link }: MetricParts): Reading[] {
  const upstreams = (): LinkUpstreams => link().status().upstreams
  return [
    {
      ...gauge('edge_link_state', 'State of the link: 1 for the one it is in', () => {
        const { state } = link().status()
        return LINK_STATES.map((one) => [one, one === state ? 1 : 0])
      }),
      label: 'state',
    },
    {
      ...gauge('edge_link_rtt_seconds', 'Round trip of the last probe', () =>
        upstreams().flatMap(({ rttMs }, i) =>
          rttMs === undefined ? [] : [[String(i + 1), rttMs / 1000]],
        ),
      ),
      label: 'upstream',
    },
    {
      ...gauge('edge_link_loss_ratio', 'Probes lost over five minutes', () =>
        upstreams().map(({ lossRatio }, i) => [String(i + 1), lossRatio]),
      ),
      label: 'upstream',
    },
  ]
}
type LinkUpstreams = ReturnType<LinkMonitor['status']>['upstreams']

function outboxReadings({ outbox }: MetricParts): Reading[] {
  return [
    {
      ...gauge(
        'edge_outbox_waiting_events',
        'Events that the collector has not acknowledged',
        lanes(() => outbox.counters().waitingByLane),
      ),
      label: 'lane',
    },
    {
      ...counter(
        'edge_outbox_dropped_events_total',
        'Events that could not be kept',
        lanes(() => outbox.counters().droppedByLane),
      ),
      label: 'lane',
    },
    counter(
      'edge_outbox_stored_events_total',
      'Events made durable',
      () => outbox.counters().stored,
    ),
    counter(
      'edge_outbox_shipped_events_total',
      'Events acknowledged by the collector',
      () => outbox.counters().shipped,
    ),
    {
      ...gauge(
        'edge_outbox_durable_after_seconds',
        'From answer to durable, by share of events',
        () => {
          const reading = outbox.counters().durableAfter
          return [0.5, 0.99].map((share) => [String(share), quantileMs(reading, share) / 1000])
        },
      ),
      label: 'share',
    },
    gauge('edge_outbox_storing', '1 while events can be made durable', () =>
      outbox.counters().storing.state === 'ok' ? 1 : 0,
    ),
    gauge('edge_outbox_shipping', '1 while the collector takes events', () =>
      outbox.counters().shipping.state === 'ok' ? 1 : 0,
    ),
  ]
}

function lanes(read: () => Readonly<Record<Lane, number>>): Reading['read'] {
  return () => LANES.map((lane) => [lane, read()[lane]] as const)
}

function gauge(name: string, help: string, read: Reading['read']): Reading {
  return { name, help, kind: 'gauge', read }
}

function counter(name: string, help: string, read: Reading['read']): Reading {
  return { name, help, kind: 'counter', read }
}
