import { createServer, type Server, type Socket } from 'node:net'
import type { ConnectionGate } from './connection-gate.ts'

const CLOSE_GRACE_MS = 1_000

/** A client's connection, as the server that holds it sees it. */
export interface Connection {
  /** Takes no more queries, and ends once the waiting ones are answered. */
  readonly finish: () => void
  readonly destroy: () => void
}

export interface StreamServerOptions {
  readonly address: string
  /** 0 lets the kernel choose. */
  readonly port: number
  /** A socket that was passed bound, to be used in place of a new one. */
  readonly fd?: number | undefined
  readonly gate: ConnectionGate
  /** Takes a connection up. */
  readonly open: (socket: Socket, client: string) => Connection
}

export interface StreamServer {
  readonly port: number
  /** Resolves when the waiting queries are answered or the grace time is over. */
  readonly close: () => Promise<void>
}

/**
 * Accepts connections within the gate's limits; what is too many is closed before a byte of it is read. Rejects when the
 * address cannot be bound.
 */
export async function listenStream(options: StreamServerOptions): Promise<StreamServer> {
  const { gate, open } = options
  const connections = new Set<Connection>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const client = socket.remoteAddress
    if (!client || !gate.admit(client)) {
      socket.destroy()
      return
    }
    const connection = open(socket, client)
    connections.add(connection)
    socket.once('close', () => {
      connections.delete(connection)
      gate.release(client)
    })
  })
  await listen(server, options)
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : options.port
  return { port, close: () => closeServer(server, connections) }
}

async function closeServer(server: Server, connections: ReadonlySet<Connection>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const connection of connections) connection.finish()
  const timer = setTimeout(() => {
    for (const connection of connections) connection.destroy()
  }, CLOSE_GRACE_MS)
  await closed
  clearTimeout(timer)
}

function listen(server: Server, { address, port, fd }: StreamServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const where =
      fd === undefined ? { port, host: address, ipv6Only: address.includes(':') } : { fd }
    server.listen(where, () => {
      server.off('error', reject)
      server.on('error', () => undefined)
      resolve()
    })
  })
}
