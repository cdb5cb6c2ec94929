import { createServer, type Server } from 'node:http'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { PlainTime } from '#console/present/plain-time.ts'
import { fault as words } from '#console/words/fault.ts'
import type { Clock } from '#platform/clock.ts'
import type { ServedCertificate } from '#platform/served-certificate.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Evidence } from '../evidence/evidence.ts'
import { addIngestRoutes, type IngestDeps } from '../ingest/ingest-routes.ts'
import type { Confirmations } from '../notify/occasions/confirmations.ts'
import type { SessionRecord } from '../store/collector-store.ts'
import { type AccessDeps, addAccessCheck } from './access-check.ts'
import { addAccountsRoutes } from './accounts-routes.ts'
import { type AlertRouteDeps, addAlertRoutes } from './alert-routes.ts'
import { addAssetRoutes } from './asset-routes.ts'
import { addAuditRoutes } from './audit-routes.ts'
import type { PeopleDeps } from './begin-session.ts'
import { addCheckRoutes } from './check-routes.ts'
import { addConfirmRoutes } from './confirm-routes.ts'
import { makeTlsServer } from './console-certificate.ts'
import { addDecisionRoutes } from './decision-routes.ts'
import { addDocumentRoutes, type DocumentDeps } from './document-routes.ts'
import { addGuards, addSecurityHeaders } from './guards.ts'
import { addHandOverRoutes } from './hand-over-routes.ts'
import { addInviteRoutes } from './invite-routes.ts'
import type { LiveHub } from './live-hub.ts'
import { addLiveRoute } from './live-route.ts'
import { NOT_FOUND } from './not-found.ts'
import { addNoticeRoutes, type NoticeRouteDeps } from './notice-routes.ts'
import { addOwnAccountRoutes } from './own-account-routes.ts'
import { addPageRoutes } from './page-routes.ts'
import { addPasskeyRoutes } from './passkey-routes.ts'
import { addPolicyRoutes, type PolicyRouteDeps } from './policy-routes.ts'
import { addProveByProviderRoutes } from './prove-by-provider.ts'
import { addProveRoutes } from './prove-routes.ts'
import { addProviderLinkRoutes } from './provider-link-routes.ts'
import { addProviderRoutes } from './provider-routes.ts'
import { addReleaseRoutes } from './release-routes.ts'
import { addRequestRoutes } from './request-routes.ts'
import { addReviewRoutes } from './review-routes.ts'
import { sendFault } from './send-page.ts'
import { readCookie } from './session-cookie.ts'
import { addSignInRoutes } from './sign-in-routes.ts'
import { addTakeByProviderRoutes } from './take-by-provider.ts'
import { addThemeRoutes } from './theme-routes.ts'
import { addTimetableRoutes } from './timetable-routes.ts'
import { addWaysInRoutes } from './ways-in-routes.ts'

export interface ConsoleDeps extends PeopleDeps, DocumentDeps {
  readonly viewerOf: (session: SessionRecord) => Viewer | undefined
  readonly hub: LiveHub
  readonly ingest: IngestDeps
  readonly alerts: AlertRouteDeps
  readonly evidence: Evidence
  readonly confirmations: Confirmations
  readonly notify: NoticeRouteDeps['notify']
  readonly policy: PolicyRouteDeps['policy']
  readonly clock: Clock
  readonly time: PlainTime
}

/** Longer than proxies keep their connections. */
const KEEP_ALIVE_MS = 72_000

/** The server for people and for appliances, over TLS where there is a certificate; it does not listen yet. */
export async function makeConsoleServer(
  deps: ConsoleDeps,
  certificate?: ServedCertificate,
): Promise<FastifyInstance> {
  const server = Fastify<Server>({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
    serverFactory: (handler) =>
      certificate ? makeTlsServer(certificate, handler) : createServer(handler),
  })
  server.server.keepAliveTimeout = KEEP_ALIVE_MS
  server.server.requestTimeout = deps.limits.requestTimeoutMs
  server.server.maxConnections = deps.limits.connectionsMax
  await server.register(cookie)
  await server.register(formbody, { bodyLimit: deps.limits.formBytesMax })
  addSecurityHeaders(server)
  addFaults(server, deps)
  addGuards(server, deps.hosts, deps.pages)
  const { audit, pages, clock, limits } = deps
  const findViewer = makeFindViewer(deps)
  const isProved = ({ session }: Viewer): boolean =>
    Math.abs(clock.wallMs() - session.provedAt) < limits.proofLifeMs
  addAccessCheck(server, { findViewer, audit, pages, isProved })
  addSignInRoutes(server, deps)
  addInviteRoutes(server, deps)
  addProveRoutes(server, deps)
  addOwnAccountRoutes(server, deps)
  addPasskeyRoutes(server, deps)
  addProviderRoutes(server, deps)
  addProviderLinkRoutes(server, deps)
  addTakeByProviderRoutes(server, deps)
  addProveByProviderRoutes(server, deps)
  addWaysInRoutes(server, deps)
  addAccountsRoutes(server, deps)
  addAuditRoutes(server, pages)
  addAssetRoutes(server, deps.pages)
  addConfirmRoutes(server, deps)
  addLiveRoute(server, { hub: deps.hub, findViewer })
  addPageRoutes(server, deps.pages)
  addAlertRoutes(server, pages, { ...deps.alerts, accounts: deps.accounts })
  addCheckRoutes(server, pages, deps)
  addDecisionRoutes(server, pages, deps)
  addDocumentRoutes(server, pages, deps)
  addReviewRoutes(server, pages, deps)
  addHandOverRoutes(server, pages, deps)
  addNoticeRoutes(server, pages, deps)
  addThemeRoutes(server, pages, { ...deps.alerts, time: deps.time })
  addPolicyRoutes(server, pages, deps)
  addRequestRoutes(server, pages, deps)
  await addTimetableRoutes(server, pages, deps)
  addReleaseRoutes(server, pages, deps)
  await addIngestRoutes(server, deps.ingest)
  return server
}

/** Session, account and roles are read anew at each request, so that what changes of them is in force at once. */
function makeFindViewer({ sessions, hosts, viewerOf }: ConsoleDeps): AccessDeps['findViewer'] {
  return async (request) => {
    const origin = hosts.originOf(request.headers.host) ?? ''
    const session = await sessions.find(readCookie(request, 'edge-session', origin))
    return session && viewerOf(session)
  }
}

function addFaults(server: FastifyInstance, { pages, ingest }: ConsoleDeps): void {
  server.setNotFoundHandler((_request, reply) => sendFault(reply, pages, NOT_FOUND))
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return sendFault(reply, pages, { status, ...words.notUnderstood })
    ingest.log.error({ err: error }, 'page failed')
    return sendFault(reply, pages, { status: 500, ...words.failed })
  })
}
