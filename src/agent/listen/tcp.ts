import type { ConnectionGate } from './connection-gate.ts'
import type { Listener, ListenOptions } from './listener.ts'
import { listenStream } from './stream-server.ts'
import { TcpConnection } from './tcp-connection.ts'

/** What one connection may do. */
export interface TcpLimits {
  readonly idleMs: number
  readonly queriesPerConnectionMax: number
  /** Longest query taken, in bytes. */
  readonly queryBytesMax: number
}

/** What a listener for connections needs. */
export interface StreamListenOptions extends ListenOptions {
  readonly limits: TcpLimits
  readonly gate: ConnectionGate
}

/** Listens for DNS over TCP (RFC 7766). Rejects when the address cannot be bound. */
export async function listenTcp(options: StreamListenOptions): Promise<Listener> {
  const { address, port, fd, gate } = options
  const server = await listenStream({
    address,
    port,
    fd,
    gate,
    open: (socket, client) =>
      new TcpConnection(socket, { address: client, endpoint: undefined }, options),
  })
  return { transport: 'tcp', address, port: server.port, close: server.close }
}
