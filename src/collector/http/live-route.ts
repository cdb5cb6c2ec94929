import type { FastifyInstance } from 'fastify'
import type { Sessions } from '../sign-in/sessions.ts'
import type { AllowedHosts } from './allowed-hosts.ts'
import type { LiveHub } from './live-hub.ts'
import { readSessionCookie } from './session-cookie.ts'

/** Server-sent events for whoever is signed in; the stream ends with the session. */
export function addLiveRoute(
  server: FastifyInstance,
  deps: { readonly hub: LiveHub; readonly sessions: Sessions; readonly hosts: AllowedHosts },
): void {
  server.get('/live', (request, reply) => {
    const origin = deps.hosts.originOf(request.headers.host) ?? ''
    const token = readSessionCookie(request, origin)
    reply.hijack()
    const response = reply.raw
    response.setHeader('cache-control', 'no-store')
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('content-type', 'text/event-stream')
    // Tells proxies not to hold the stream back.
    response.setHeader('x-accel-buffering', 'no')
    if (deps.hub.add(response, () => deps.sessions.isLive(token))) return
    response.statusCode = 503
    response.setHeader('retry-after', '60')
    response.end()
  })
}
