import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client'

/** One number of another part, read when somebody scrapes. */
export interface Reading {
  readonly name: string
  readonly help: string
  readonly read: () => number
}

/** One number for each of a few known things (lists, upstreams, lanes), read when somebody scrapes. */
export interface LabelledReading {
  readonly name: string
  readonly help: string
  readonly label: string
  readonly read: () => readonly (readonly [label: string, value: number])[]
}

/** Registers what can be read at scrape time, so that nothing is kept twice. */
export function registerReadings(
  registry: Registry,
  readings: readonly Reading[],
  labelled: readonly LabelledReading[],
): void {
  for (const { name, help, read } of readings)
    void new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  for (const { name, help, label, read } of labelled)
    void new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset()
        for (const [text, value] of read()) this.set({ [label]: text }, value)
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
  collectDefaultMetrics({ register: registry })
}
