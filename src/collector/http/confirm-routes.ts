import type { FastifyInstance } from 'fastify'
import type { Clock } from '#platform/clock.ts'
import type { Confirmations } from '../notify/occasions/confirmations.ts'
import type { Pages } from '../pages/pages.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

/**
 * The link of a drill. Opening it confirms nothing, because mail servers open links by themselves; its button does. Who has the
 * link needs no session: it is a proof of its own.
 */
export function addConfirmRoutes(
  server: FastifyInstance,
  deps: { readonly confirmations: Confirmations; readonly pages: Pages; readonly clock: Clock },
): void {
  const { confirmations, pages, clock } = deps

  server.get<{ Params: { token: string } }>('/confirm/:token', async (request, reply) => {
    const { token } = request.params
    if (!confirmations.isKnown(token)) return sendFault(reply, pages, NOT_FOUND)
    return sendView(reply, pages, { view: 'confirm', action: `/confirm/${token}` })
  })

  server.post<{ Params: { token: string } }>('/confirm/:token', async (request, reply) => {
    if (!confirmations.confirm(request.params.token, clock.wallMs()))
      return sendFault(reply, pages, NOT_FOUND)
    return sendView(reply, pages, { view: 'confirmed' })
  })
}
