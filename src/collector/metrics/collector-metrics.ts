import { Counter, Gauge, Registry } from 'prom-client'
import type { ShownState } from '#console/present/link-words.ts'
import { LANES, type Lane } from '#domain/event.ts'
import type { AlertChange } from '../alerts/raise-alert.ts'
import {
  addNotifyMetrics,
  type NotifyMetrics,
  type NotifyReadings,
} from '../notify/notify-metrics.ts'
import { addGauge } from './add-gauge.ts'
import { type AlertGauges, makeAlertCounters, registerAlertGauges } from './alert-metrics.ts'

/** Why an ingest request was refused: the only values of the label. */
const REFUSALS = [
  'too-large',
  'malformed',
  'bad-signature',
  'unknown-appliance',
  'other-appliance',
  'replayed',
  'too-many',
  'conflict',
  'out-of-step',
  'failed',
] as const
export type Refusal = (typeof REFUSALS)[number]

const STATES: readonly ShownState[] = ['up', 'degraded', 'down', 'unknown', 'silent', 'never']

/** The collector's own series. */
export interface CollectorMetrics {
  readonly batchStored: (events: Readonly<Record<Lane, number>>, repeated: number) => void
  readonly statusStored: () => void
  readonly devicesStored: () => void
  readonly refused: (reason: Refusal) => void
  readonly alertChanged: (change: AlertChange) => void
  readonly signIn: (outcome: 'right' | 'wrong' | 'locked') => void
  readonly notify: NotifyMetrics
  /** Prometheus text. */
  readonly text: () => Promise<string>
  readonly contentType: string
  /** For the figures of other parts. */
  readonly registry: Registry
}

/** What is read only when somebody scrapes. */
export interface Gauges {
  readonly missingEvents: () => Promise<number>
  readonly states: () => ReadonlyMap<ShownState, number>
  readonly sessions: () => Promise<number>
  readonly liveClients: () => number
  readonly alerts: () => AlertGauges
  readonly notify: () => NotifyReadings
  readonly version: string
}

/** Makes the registry. Every label value is one of a fixed set. */
export function makeCollectorMetrics(gauges: Gauges): CollectorMetrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `edge_collector_${name}`, help, labelNames: [...labelNames], registers })
  const batches = counter('batches_total', 'Batches of events stored.')
  const events = counter('events_total', 'Events stored, repeats not counted.', ['lane'])
  const repeated = counter(
    'events_repeated_total',
    'Events that had come before and were let pass.',
  )
  const statuses = counter('status_reports_total', 'Status reports taken from appliances.')
  const deviceParts = counter(
    'device_parts_total',
    'Parts of what appliances tell of devices, taken.',
  )
  const refusals = counter('refusals_total', 'Ingest requests refused, by reason.', ['reason'])
  const signIns = counter('sign_ins_total', 'Attempts to sign in, by outcome.', ['outcome'])
  const alertChanges = makeAlertCounters(registry)
  for (const lane of LANES) events.inc({ lane }, 0)
  for (const reason of REFUSALS) refusals.inc({ reason }, 0)
  for (const outcome of ['right', 'wrong', 'locked']) signIns.inc({ outcome }, 0)
  registerGauges(registry, gauges)
  registerAlertGauges(registry, gauges.alerts)
  const notify = addNotifyMetrics(registry, gauges.notify)
  registerProcess(registry)
  return {
    batchStored: (stored, again) => {
      batches.inc()
      for (const lane of LANES) events.inc({ lane }, stored[lane])
      repeated.inc(again)
    },
    statusStored: () => {
      statuses.inc()
    },
    devicesStored: () => {
      deviceParts.inc()
    },
    refused: (reason) => {
      refusals.inc({ reason })
    },
    alertChanged: alertChanges,
    signIn: (outcome) => {
      signIns.inc({ outcome })
    },
    notify,
    text: () => registry.metrics(),
    contentType: registry.contentType,
    registry,
  }
}

function registerGauges(registry: Registry, gauges: Gauges): void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    addGauge(registry, { name: `edge_collector_${name}`, help, read })
  }
  gauge('missing_events', 'Events that did not come although later ones did.', gauges.missingEvents)
  gauge('sessions', 'People signed in.', gauges.sessions)
  gauge('live_clients', 'Open pages that are told of news.', gauges.liveClients)
  const appliances: Gauge<'state'> = new Gauge({
    name: 'edge_collector_appliances',
    help: 'Enrolled appliances by state of their line; silent ones were not heard from lately.',
    labelNames: ['state'],
    registers,
    collect: () => {
      const counts = gauges.states()
      for (const state of STATES) appliances.set({ state }, counts.get(state) ?? 0)
    },
  })
  const build = new Gauge({
    name: 'edge_collector_build_info',
    help: 'Always 1; the version is in the labels.',
    labelNames: ['version', 'node'],
    registers,
  })
  build.set({ version: gauges.version, node: process.version }, 1)
}

/** The few process series that dashboards expect; the package's own set breaks naming rules. */
function registerProcess(registry: Registry): void {
  addGauge(registry, {
    name: 'process_resident_memory_bytes',
    help: 'Resident memory size in bytes.',
    read: () => process.memoryUsage.rss(),
  })
  addGauge(registry, {
    name: 'process_start_time_seconds',
    help: 'Start time of the process since unix epoch in seconds.',
    read: () => performance.timeOrigin / 1000,
  })
  const cpu: Counter = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'Total user and system CPU time spent in seconds.',
    registers: [registry],
    collect: () => {
      const { user, system } = process.cpuUsage()
      cpu.reset()
      cpu.inc((user + system) / 1e6)
    },
  })
}
