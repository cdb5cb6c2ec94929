import { createServer, type Server } from 'node:net'
import type { Listener, ListenOptions } from './listener.ts'
import { TcpConnection } from './tcp-connection.ts'

const CLOSE_GRACE_MS = 1_000

export interface TcpLimits {
  readonly connectionsMax: number
  readonly connectionsPerClientMax: number
  readonly idleMs: number
  readonly queriesPerConnectionMax: number
  /** Longest query taken, in bytes. */
  readonly queryBytesMax: number
}

/** Listens for DNS over TCP (RFC 7766). Rejects when the address cannot be bound. */
export async function listenTcp(options: ListenOptions, limits: TcpLimits): Promise<Listener> {
  const clients = new Map<string, number>()
  const connections = new Set<TcpConnection>()
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const client = socket.remoteAddress
    if (!client || !admit(client, clients, connections, limits)) {
      socket.destroy()
      return
    }
    const connection = new TcpConnection(socket, client, options, limits)
    connections.add(connection)
    socket.once('close', () => {
      connections.delete(connection)
      release(client, clients)
    })
  })
  await listen(server, options)
  const bound = server.address()
  const port = typeof bound === 'object' && bound ? bound.port : options.port
  return {
    transport: 'tcp',
    address: options.address,
    port,
    close: () => closeServer(server, connections),
  }
}

function admit(
  client: string,
  clients: Map<string, number>,
  connections: ReadonlySet<TcpConnection>,
  limits: TcpLimits,
): boolean {
  const open = clients.get(client) ?? 0
  if (connections.size >= limits.connectionsMax || open >= limits.connectionsPerClientMax)
    return false
  clients.set(client, open + 1)
  return true
}

function release(client: string, clients: Map<string, number>): void {
  const left = (clients.get(client) ?? 1) - 1
  if (left > 0) clients.set(client, left)
  else clients.delete(client)
}

async function closeServer(server: Server, connections: ReadonlySet<TcpConnection>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const connection of connections) connection.finish()
  const timer = setTimeout(() => {
    for (const connection of connections) connection.destroy()
  }, CLOSE_GRACE_MS)
  await closed
  clearTimeout(timer)
}

function listen(server: Server, { address, port, fd }: ListenOptions): Promise<void> {
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
