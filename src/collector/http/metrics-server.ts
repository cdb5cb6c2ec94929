import Fastify, { type FastifyInstance } from 'fastify'
import type { CollectorMetrics } from '../metrics/collector-metrics.ts'

/** Prometheus' side: the collector's own series, and those of the boxes it hears. It does not listen yet. */
export function makeMetricsServer(
  metrics: CollectorMetrics,
  fleetText: () => string,
): FastifyInstance {
  const server = Fastify({ forceCloseConnections: true })
  server.get('/metrics', async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.text()),
  )
  server.get('/metrics/fleet', async (_request, reply) =>
    reply.type(metrics.contentType).send(fleetText()),
  )
  return server
}
