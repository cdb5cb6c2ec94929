import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Viewer } from '../accounts/viewer.ts'
import type { LiveHub } from './live-hub.ts'
import { mayAsk, ruleOf } from './route-access.ts'

/** Server-sent events for whoever may have them; the stream ends with the session, or with the role. */
export function addLiveRoute(
  server: FastifyInstance,
  deps: {
    readonly hub: LiveHub
    readonly findViewer: (request: FastifyRequest) => Promise<Viewer | undefined>
  },
): void {
  const isStillAllowed = async (request: FastifyRequest): Promise<boolean> => {
    const viewer = await deps.findViewer(request)
    const rule = ruleOf('GET', '/live')
    return viewer !== undefined && rule !== undefined && mayAsk(rule, viewer.rights)
  }
  server.get('/live', (request, reply) => {
    reply.hijack()
    const response = reply.raw
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('content-type', 'text/event-stream')
    // Tells proxies not to hold the stream back.
    response.setHeader('x-accel-buffering', 'no')
    if (deps.hub.add(response, () => isStillAllowed(request))) return
    response.statusCode = 503
    response.setHeader('retry-after', '60')
    response.end()
  })
}
