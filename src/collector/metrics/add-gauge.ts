import { Gauge, type Registry } from 'prom-client'

/** A gauge without labels whose value is read when somebody scrapes. */
export function addGauge(
  registry: Registry,
  reading: {
    readonly name: string
    readonly help: string
    readonly read: () => number | Promise<number>
  },
): void {
  const { name, help, read } = reading
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: async () => {
      gauge.set(await read())
    },
  })
}
