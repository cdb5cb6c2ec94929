import { ClientCounts } from '../client-counts.ts'
import type { Transport } from '../query.ts'

/**
 * Why a connection was refused or cut short: too many over all, or of one client; too many handshakes; a handshake that broke or took too
 * long; no certificate to show; a client that resets its requests in numbers. A metric label, so the set is closed.
 */
export const REFUSALS = [
  'total',
  'client',
  'handshake-rate',
  'handshake',
  'slow-handshake',
  'no-certificate',
  'reset-flood',
] as const
export type Refusal = (typeof REFUSALS)[number]

/** Transports that have connections. */
export type StreamTransport = Exclude<Transport, 'udp'>

interface GateLimits {
  readonly connectionsMax: number
  readonly connectionsPerClientMax: number
}

/** Share of all connections from which on clients are asked to leave when they are done. */
const CROWDED_SHARE = 0.8

/** Counts the connections of one transport, over all its listeners, and keeps them within their limits. */
export class ConnectionGate {
  readonly transport: StreamTransport
  readonly refused: Record<Refusal, number> = {
    total: 0,
    client: 0,
    'handshake-rate': 0,
    handshake: 0,
    'slow-handshake': 0,
    'no-certificate': 0,
    'reset-flood': 0,
  }
  readonly #connectionsMax: number
  readonly #clients: ClientCounts
  #open = 0

  constructor(transport: StreamTransport, limits: GateLimits) {
    this.transport = transport
    this.#connectionsMax = limits.connectionsMax
    this.#clients = new ClientCounts(limits.connectionsPerClientMax)
  }

  get open(): number {
    return this.#open
  }

  get isCrowded(): boolean {
    return this.#open > this.#connectionsMax * CROWDED_SHARE
  }

  /** Lets one more connection of a client in, which must be told to `release`; false where there are enough. */
  admit(client: string): boolean {
    if (this.#open >= this.#connectionsMax) return this.refuse('total')
    if (!this.#clients.hasRoom(client)) return this.refuse('client')
    this.#clients.enter(client)
    this.#open++
    return true
  }

  release(client: string): void {
    this.#open--
    this.#clients.leave(client)
  }

  /** Counts a refusal that somebody else has decided. */
  refuse(reason: Refusal): false {
    this.refused[reason]++
    return false
  }
}
