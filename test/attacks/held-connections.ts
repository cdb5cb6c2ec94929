/** Connections that are opened to be held, and who they are to the agent: raw sockets, and TLS by hand where that is wanted. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { metricsOf } from '#test/support/agent-process.ts'
import type { EncryptedAgent } from '#test/support/encrypted-agent.ts'

export type Stream = 'tcp' | 'dot' | 'http/1.1' | 'h2'

/** Without a handshake. */
export function openRaw(port: number, from: string): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.on('error', () => undefined)
  return socket
}

/** Undefined where it is refused. */
export async function open(
  { port, dotPort, dohPort }: EncryptedAgent,
  kind: Stream,
  from: string,
): Promise<Socket | undefined> {
  const raw = openRaw(kind === 'tcp' ? port : kind === 'dot' ? dotPort : dohPort, from)
  const socket =
    kind === 'tcp'
      ? raw
      : connectTls({ socket: raw, rejectUnauthorized: false, ALPNProtocols: [kind] })
  socket.on('error', () => undefined)
  // A reset is a refusal as well; `once` rejects for it.
  const isReady = once(socket, kind === 'tcp' ? 'connect' : 'secureConnect').then(() => true)
  const isClosed = once(socket, 'close').then(() => false)
  const isOpen = await Promise.race([isReady, isClosed].map((one) => one.catch(() => false)))
  return isOpen ? socket : undefined
}

/** Resolves with how long it lasted; undefined where it is still open after so long. Reads what comes, unless told not to. */
export async function lasts(
  socket: Socket,
  withinMs: number,
  isRead = true,
): Promise<number | undefined> {
  const startedAt = performance.now()
  if (isRead) socket.resume()
  if (socket.destroyed) return 0
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const timer = setTimeout(() => resolve(undefined), withinMs)
  socket.once('close', () => resolve(performance.now() - startedAt))
  const lasted = await promise
  clearTimeout(timer)
  socket.destroy()
  return lasted
}

/** Of each transport, as the agent counts them. */
export async function connectionsOpen(
  agent: EncryptedAgent,
): Promise<Readonly<Record<'tcp' | 'dot' | 'doh', number>>> {
  const text = await metricsOf(agent)
  const of = (transport: string): number =>
    Number(
      new RegExp(`^edge_dns_connections_open\\{transport="${transport}"\\} (\\d+)`, 'm').exec(
        text,
      )?.[1],
    )
  return { tcp: of('tcp'), dot: of('dot'), doh: of('doh') }
}
