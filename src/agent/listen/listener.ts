import type { Query, Transport } from '../query.ts'
import type { Resolve } from '../stage.ts'

/** Where queries come in: the one interface that every way of receiving them implements. */
export interface Listener {
  readonly transport: Transport
  readonly address: string
  readonly port: number
  /** Room that the kernel gave for datagrams that wait; of UDP. */
  readonly receiveBufferBytes?: number
  /** Takes no new queries where it can help it; resolves when the waiting ones have been answered or the grace time is over. */
  readonly close: () => Promise<void>
}

export interface ListenOptions {
  readonly address: string
  /** 0 lets the kernel choose. */
  readonly port: number
  /** A socket that was passed bound, to be used in place of a new one. */
  readonly fd?: number
  readonly resolve: Resolve
  readonly queries: QueryPool
}

/** Lends queries to listeners, so that a query allocates nothing once the pool has warmed up. */
export interface QueryPool {
  readonly take: () => Query
  readonly giveBack: (query: Query) => void
}
