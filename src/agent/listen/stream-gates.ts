import type { Limits } from '../policy/limits.ts'
import { ConnectionGate } from './connection-gate.ts'
import type { TcpLimits } from './tcp.ts'

/** Longest query that is taken over a connection; real ones are a few hundred bytes. */
const QUERY_BYTES_MAX = 4_096

/** The gate of each transport, so that a flood of one keeps nobody from another, and what one connection may do. */
export interface StreamGates {
  readonly tcp: ConnectionGate
  readonly dot: ConnectionGate
  readonly doh: ConnectionGate
  readonly limits: TcpLimits
}

export function makeStreamGates(limits: Limits): StreamGates {
  const gate = {
    connectionsMax: limits.tcpClients,
    connectionsPerClientMax: limits.tcpClientsPerAddress,
  }
  return {
    tcp: new ConnectionGate('tcp', gate),
    dot: new ConnectionGate('dot', gate),
    doh: new ConnectionGate('doh', gate),
    limits: {
      idleMs: limits.tcpIdleMs,
      queriesPerConnectionMax: limits.tcpQueriesPerConnection,
      queryBytesMax: QUERY_BYTES_MAX,
    },
  }
}
