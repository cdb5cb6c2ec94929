import type { FastifyInstance } from 'fastify'
import type { Listen } from '../config/collector-options.ts'

/** Listens, and says under which address the server is reached from this machine. Rejects with the system's error. */
export async function listen(
  server: FastifyInstance,
  scheme: 'http' | 'https',
  { host, port }: Listen,
): Promise<string> {
  await server.listen({ host, port })
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const inUrl = shown.includes(':') ? `[${shown}]` : shown
  const bound = server.server.address()
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port
  return `${scheme}://${inUrl}:${boundPort}`
}
