import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

/** A number of another part, or one for each of a few known things (lists, lanes), read when somebody scrapes. */
export interface Reading {
  readonly name: string
  readonly help: string
  /** Counters only rise while the program runs; their names end in `_total`. */
  readonly kind: 'counter' | 'gauge'
  readonly label?: string
  readonly read: () => number | readonly (readonly [label: string, value: number])[]
}

/** Registers what can be read at scrape time, so that nothing is kept twice. */
export function registerReadings(registry: Registry, readings: readonly Reading[]): void {
  for (const { name, help, kind, label, read } of readings) {
    const settings = {
      name,
      help,
      labelNames: label === undefined ? [] : [label],
      registers: [registry],
    }
    const samples = (): readonly (readonly [Record<string, string>, number])[] => {
      const found = read()
      if (typeof found === 'number') return [[{}, found]]
      return found.map(([text, value]) => [label === undefined ? {} : { [label]: text }, value])
    }
    if (kind === 'counter') registerCounter(settings, samples)
    else registerGauge(settings, samples)
  }
}

interface Settings {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
  readonly registers: Registry[]
}
type Samples = () => readonly (readonly [Record<string, string>, number])[]

function registerCounter(settings: Settings, samples: Samples): void {
  const counter = new Counter({
    ...settings,
    labelNames: [...settings.labelNames],
    collect: () => {
      counter.reset()
      for (const [labels, value] of samples()) counter.inc(labels, value)
    },
  })
}

function registerGauge(settings: Settings, samples: Samples): void {
  const gauge = new Gauge({
    ...settings,
    labelNames: [...settings.labelNames],
    collect: () => {
      gauge.reset()
      for (const [labels, value] of samples()) gauge.set(labels, value)
    },
  })
}

/** Version, Node and process figures. */
export function registerBuildInfo(registry: Registry, version: string): void {
  new Gauge({
    name: 'edge_build_info',
    help: 'Version of the agent and of its Node',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version, node: process.version }, 1)
  collectDefaultMetrics({
    register: registry,
    eventLoopMonitoringPrecision: LAG_MEASURED_EVERY_MS,
  })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
}

/** Each time wakes a box that is at rest; the library would do it a hundred times a second. */
const LAG_MEASURED_EVERY_MS = 100

/** Gauges of the library that end in `_total`, which only counters may (Prometheus, "Metric and label naming"). */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
]
