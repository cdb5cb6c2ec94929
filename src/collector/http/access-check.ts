import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fault } from '#console/words/fault.ts'
import { onRecord } from '#console/words/on-record.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { CollectorError } from '../config/collector-options.ts'
import type { Pages } from '../pages/pages.ts'
import { signInFor } from './after-sign-in.ts'
import { READS } from './guards.ts'
import { mayAsk, type RouteRule, ruleOf } from './route-access.ts'
import { type Fault, homeOf, sendFault } from './send-page.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; undefined for strangers. Of routes that need somebody, never undefined within the handler. */
    viewer: Viewer | undefined
  }
}

export interface AccessDeps {
  /** Reads session, account and roles anew. */
  readonly findViewer: (request: FastifyRequest) => Promise<Viewer | undefined>
  readonly audit: AuditLog
  readonly pages: Pages
  /** Whether a secret was shown a short time ago. */
  readonly isProved: (viewer: Viewer) => boolean
}

/** A script's, which could make nothing of a page. */
const STREAM = '/live'
const FIRST_PAGE = '/'
export const REFUSED: Fault = { status: 403, ...fault.refused }

/**
 * Lets only those through whom the table of routes names, and notes who asked before anything is answered. Call it before any
 * route is added: a route without a rule throws `CollectorError`.
 */
export function addAccessCheck(server: FastifyInstance, deps: AccessDeps): void {
  server.decorateRequest('viewer', undefined)
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat())
      if (ruleOf(one, url) === undefined)
        throw new CollectorError(`route "${one} ${url}" does not say who may ask for it`)
  })
  server.addHook('onRequest', async (request, reply) => {
    const path = request.routeOptions.url
    const rule = path === undefined ? undefined : ruleOf(request.method, path)
    if (rule?.who === 'appliance' || request.url.startsWith('/v1/')) return undefined
    request.viewer = await deps.findViewer(request)
    if (rule?.who === 'anyone') return undefined
    return check(request, reply, { rule, deps })
  })
}

function check(
  request: FastifyRequest,
  reply: FastifyReply,
  { rule, deps }: { readonly rule: RouteRule | undefined; readonly deps: AccessDeps },
): FastifyReply | undefined {
  const { viewer } = request
  const isPage = READS.has(request.method) && request.routeOptions.url !== STREAM
  if (viewer === undefined) {
    if (isPage) return reply.redirect(signInFor(request.url), 303)
    if (isForm(request)) return sendFault(reply, deps.pages, { status: 403, ...fault.signedOut })
    return reply.code(403).send(fault.signInFirst)
  }
  // Nothing stands there: the answer is the same to everybody who is signed in.
  if (rule === undefined) return undefined
  if (!mayAsk(rule, viewer.rights)) {
    // Everybody arrives at the first page: whose it is not goes on to their own.
    if (request.routeOptions.url === FIRST_PAGE) return reply.redirect(homeOf(request), 303)
    note(request, deps.audit, 'refused')
    return sendFault(reply, deps.pages, REFUSED)
  }
  if (rule.needsProof && !deps.isProved(viewer))
    return reply.redirect(`/prove?to=${encodeURIComponent(pageOf(request))}`, 303)
  if (rule.audit !== undefined) note(request, deps.audit, rule.audit)
  return undefined
}

/** Sent by a page and not by its script: whoever sent it reads the answer. */
function isForm({ headers }: FastifyRequest): boolean {
  const type = headers['content-type'] ?? ''
  return /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\b/.test(type)
}

/** Where somebody goes on after a proof; a form is filled in anew on its page. */
function pageOf({ method, url }: FastifyRequest): string {
  return READS.has(method) ? url : `/${url.split('/')[1]}`
}

/** Notes what a viewer asked for: the method where it changes something, and the address, filters and all. */
function note(
  request: FastifyRequest,
  audit: AuditLog,
  what: 'refused' | RouteRule['audit'],
): void {
  if (what === undefined) return
  const subject = READS.has(request.method) ? request.url : `${request.method} ${request.url}`
  audit.note({ who: whoOf(request), what, subject: decoded(subject), address: request.ip })
}

/** Of a route that needs somebody. Throws where the table of routes lets strangers in: a broken invariant. */
export function viewerOf({ viewer, url }: FastifyRequest): Viewer {
  if (viewer === undefined) throw new Error(`nobody is signed in at "${url}"`)
  return viewer
}

/** As it stands in the audit. */
export function whoOf({ viewer }: FastifyRequest): string {
  return viewer?.account?.email ?? viewer?.who ?? onRecord.nobody
}

/** Readable where it can be; parts of pages count as the page. */
function decoded(url: string): string {
  const plain = url.replace(/([?&])fragment=[a-z]*&?/, '$1').replace(/[?&]$/, '')
  try {
    return decodeURIComponent(plain.replaceAll('+', ' '))
  } catch {
    return plain
  }
}
