import type { FastifyInstance, FastifyRequest } from 'fastify'
import { schoolSignIn } from '#console/words/school-sign-in.ts'
import { waysIn } from '#console/words/ways-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { Audited } from '../audit/audit-log.ts'
import { whoOf } from './access-check.ts'
import type { PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { ownerOf } from './passkey-routes.ts'
import { beginJourney } from './provider-visit.ts'
import { type Fault, sendFault } from './send-page.ts'
import { clearCookie, readCookie } from './session-cookie.ts'
import { showWaysIn } from './ways-in-routes.ts'

const DOWN: Fault = {
  status: 503,
  title: waysIn.linking.awayTitle,
  text: waysIn.linking.away,
}

/** An owner links their account to whom the provider knows them as, and takes that back. */
export function addProviderLinkRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { provider } = deps
  server.get('/ways-in/provider', async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    const { account, session } = ownerOf(request)
    const purpose = { kind: 'link', account: account.id, session } as const
    const url = await beginJourney(deps, { provider, request, reply }, purpose)
    return url === undefined ? sendFault(reply, deps.pages, DOWN) : reply.redirect(url, 303)
  })

  const bodyLimit = deps.limits.formBytesMax
  const note = (request: FastifyRequest, what: Audited, subject: string): void =>
    deps.audit.note({ who: whoOf(request), what, subject, address: request.ip })
  server.post('/ways-in/provider', { bodyLimit }, async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    const origin = deps.hosts.originOf(request.headers.host) ?? ''
    const { account, session } = ownerOf(request)
    const token = readCookie(request, 'edge-journey', origin)
    clearCookie(reply, 'edge-journey', origin)
    const label = provider.link(token, { account: account.id, session })
    if (isFailure(label)) return showWaysIn(deps, { request, reply }, label.detail)
    note(request, 'provider-linked', label)
    return reply.redirect('/ways-in', 303)
  })
  server.post('/ways-in/provider/unlink', { bodyLimit }, async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    const { id } = ownerOf(request).account
    if (!deps.accounts.hasPassword(id))
      return showWaysIn(deps, { request, reply }, schoolSignIn.onlyWay)
    const isUnlinked = provider.unlink(id)
    if (isUnlinked) note(request, 'provider-unlinked', provider.host)
    return reply.redirect('/ways-in', 303)
  })
}
