import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fill } from '#console/words/fill.ts'
import { waysIn } from '#console/words/ways-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { Audited } from '../audit/audit-log.ts'
import { viewerOf, whoOf } from './access-check.ts'
import type { PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { ownerOf, withPlace } from './passkey-routes.ts'
import { sendFault, sendView } from './send-page.ts'
import { placeOf } from './show-sign-in.ts'

const text = z.string().catch('')
const form = z
  .object({ name: text, response: text, passkey: text })
  .catch({ name: '', response: '', passkey: '' })

/** By what else than the password somebody signs in: added and taken away by its owner alone. */
export function addWaysInRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { passkeys, audit, limits } = deps
  const show = (request: FastifyRequest, reply: FastifyReply, problem?: string): FastifyReply =>
    showWaysIn(deps, { request, reply }, problem)
  const note = (request: FastifyRequest, what: Audited, subject: string): void =>
    audit.note({ who: whoOf(request), what, subject, address: request.ip })

  server.get('/ways-in', async (request, reply) => show(request, reply))
  server.post('/ways-in/passkeys/challenge', async (request, reply) =>
    withPlace(deps, request, reply, (place) => passkeys.askToAdd(ownerOf(request), place)),
  )
  server.post(
    '/ways-in/passkeys',
    { bodyLimit: limits.passkeyBytesMax },
    async (request, reply) => {
      const place = placeOf(deps, request)
      if (isFailure(place)) return show(request, reply, sentence(place.detail))
      const added = await passkeys.add(ownerOf(request), place, form.parse(request.body))
      if (isFailure(added)) return show(request, reply, added.detail)
      note(request, 'passkey-added', added.name)
      return reply.redirect('/ways-in', 303)
    },
  )
  server.post(
    '/ways-in/passkeys/remove',
    { bodyLimit: limits.formBytesMax },
    async (request, reply) => {
      const { passkey } = form.parse(request.body)
      const removed = passkeys.remove(ownerOf(request).account.id, passkey)
      if (removed === undefined) return show(request, reply, waysIn.passkeyProblems.gone)
      note(request, 'passkey-removed', removed.name)
      return reply.redirect('/ways-in', 303)
    },
  )
}

/** The page, and why what was asked last was not done. */
export function showWaysIn(
  deps: PeopleDeps,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  problem?: string,
): FastifyReply {
  const { pages } = deps
  if (problem !== undefined) reply.code(409)
  const view = pages.waysIn(viewerOf(request), { place: placeOf(deps, request), problem })
  return view ? sendView(reply, pages, view) : sendFault(reply, pages, NOT_FOUND)
}

function sentence(detail: string): string {
  return fill(waysIn.passkeyProblems.off, { why: detail })
}
