import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { PlainTime } from '#console/present/plain-time.ts'
import type { Clock } from '#platform/clock.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import { addIngestRoutes, type IngestDeps } from '../ingest/ingest-routes.ts'
import type { Confirmations } from '../notify/occasions/confirmations.ts'
import { type AlertRouteDeps, addAlertRoutes } from './alert-routes.ts'
import { addAssetRoutes } from './asset-routes.ts'
import { addConfirmRoutes } from './confirm-routes.ts'
import { addGuards, addSecurityHeaders, READS } from './guards.ts'
import type { LiveHub } from './live-hub.ts'
import { addLiveRoute } from './live-route.ts'
import { NOT_FOUND } from './not-found.ts'
import { addNoticeRoutes, type NoticeRouteDeps } from './notice-routes.ts'
import { addPageRoutes } from './page-routes.ts'
import { sendFault } from './send-page.ts'
import { readSessionCookie } from './session-cookie.ts'
import { addSignInRoutes, type SignInDeps } from './sign-in-routes.ts'
import { addThemeRoutes } from './theme-routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    isSignedIn: boolean
  }
}

export interface ConsoleDeps extends SignInDeps {
  readonly hub: LiveHub
  readonly ingest: IngestDeps
  readonly limits: CollectorLimits
  readonly alerts: AlertRouteDeps
  readonly confirmations: Confirmations
  readonly notify: NoticeRouteDeps['notify']
  readonly clock: Clock
  readonly time: PlainTime
}

/** A script's, which could make nothing of a page. */
const STREAM = '/live'
/** Reachable without a session: signing in itself, what its page is made of, confirming a drill, and appliances, who sign. */
const OPEN = /^\/(?:sign-in$|sign-in\?|assets\/|confirm\/|v1\/)/

/** The server for people and for appliances; it does not listen yet. */
export async function makeConsoleServer(deps: ConsoleDeps): Promise<FastifyInstance> {
  const server = Fastify({
    forceCloseConnections: true,
    requestTimeout: deps.limits.requestTimeoutMs,
    routerOptions: { maxParamLength: 100 },
  })
  server.server.maxConnections = deps.limits.connectionsMax
  server.decorateRequest('isSignedIn', false)
  await server.register(cookie)
  await server.register(formbody, { bodyLimit: deps.limits.formBytesMax })
  addSecurityHeaders(server)
  addFaults(server, deps)
  addGuards(server, deps.hosts, deps.pages)
  addSessionCheck(server, deps)
  addSignInRoutes(server, deps)
  addAssetRoutes(server, deps.pages)
  addConfirmRoutes(server, deps)
  addLiveRoute(server, deps)
  addPageRoutes(server, deps.pages)
  addAlertRoutes(server, deps.pages, deps.alerts)
  addNoticeRoutes(server, deps.pages, deps)
  addThemeRoutes(server, deps.pages, { ...deps.alerts, time: deps.time })
  await addIngestRoutes(server, deps.ingest)
  return server
}

function addSessionCheck(server: FastifyInstance, { sessions, hosts }: ConsoleDeps): void {
  server.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/v1/')) return undefined
    const origin = hosts.originOf(request.headers.host) ?? ''
    request.isSignedIn = await sessions.isLive(readSessionCookie(request, origin))
    if (request.isSignedIn || OPEN.test(request.url)) return undefined
    const isPage = READS.has(request.method) && request.routeOptions.url !== STREAM
    return isPage ? reply.redirect('/sign-in', 303) : reply.code(403).send('sign in first')
  })
}

function addFaults(server: FastifyInstance, { pages, ingest }: ConsoleDeps): void {
  server.setNotFoundHandler((_request, reply) => sendFault(reply, pages, NOT_FOUND))
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500)
      return sendFault(reply, pages, {
        status,
        title: 'Request not understood',
        text: 'What your browser sent cannot be used here. Go back and try again.',
      })
    ingest.log.error({ err: error }, 'page failed')
    return sendFault(reply, pages, {
      status: 500,
      title: 'Sorry, something went wrong',
      text: 'The page could not be made. Boxes go on filtering and keep what they notice. Try again in a minute.',
    })
  })
}
