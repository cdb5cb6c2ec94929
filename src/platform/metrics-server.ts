import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Registry } from 'prom-client'

export interface MetricsServer {
  readonly port: number
  readonly close: () => Promise<void>
}

/** Scrapers held at once; a scrape is short, so more are somebody's mistake. */
const CONNECTIONS_MAX = 16
const TIMEOUT_MS = 10_000

/**
 * Serves a registry at `/metrics` and nothing else. A Host that is a name, other than localhost, is refused: a web page
 * must not read metrics by rebinding its own name to this machine. Rejects when the address cannot be bound.
 */
export async function startMetricsServer(
  address: string,
  port: number,
  registry: Registry,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    answer(request, response, registry).catch(() => response.destroy())
  })
  server.maxConnections = CONNECTIONS_MAX
  server.requestTimeout = TIMEOUT_MS
  server.headersTimeout = TIMEOUT_MS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  registry: Registry,
): Promise<void> {
  if (!isAddressOrLocalhost(request.headers.host ?? '')) return end(response, 421, 'unknown host\n')
  if (request.url !== '/metrics') return end(response, 404, 'try /metrics\n')
  if (request.method !== 'GET' && request.method !== 'HEAD') return end(response, 405, 'GET only\n')
  const text = await registry.metrics()
  response.writeHead(200, { 'content-type': registry.contentType, 'cache-control': 'no-store' })
  response.end(text)
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' })
  response.end(text)
}

/** An address literal or `localhost`, with or without a port. */
function isAddressOrLocalhost(host: string): boolean {
  return /^(localhost|[\d.]+|\[[0-9a-f:.]+\])(:\d+)?$/i.test(host)
}
