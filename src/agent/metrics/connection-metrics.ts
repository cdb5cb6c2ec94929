import { Counter, Gauge, type Registry } from 'prom-client'
import { REFUSALS } from '../listen/connection-gate.ts'
import type { StreamGates } from '../listen/stream-gates.ts'

/** Registers what the gates have counted. */
export function registerConnectionMetrics(
  registry: Registry,
  { tcp, dot, doh }: Omit<StreamGates, 'limits'>,
): void {
  const gates = [tcp, dot, doh]
  const open = new Gauge({
    name: 'edge_dns_connections_open',
    help: 'Connections of clients, those in their TLS handshake among them',
    labelNames: ['transport'],
    registers: [registry],
    collect: () => {
      for (const gate of gates) open.set({ transport: gate.transport }, gate.open)
    },
  })
  const refused = new Counter({
    name: 'edge_dns_connections_refused_total',
    help: 'Connections that were refused or cut short, by why',
    labelNames: ['transport', 'reason'],
    registers: [registry],
    collect: () => {
      refused.reset()
      for (const { transport, refused: counts } of gates)
        for (const reason of REFUSALS) refused.inc({ transport, reason }, counts[reason])
    },
  })
}
