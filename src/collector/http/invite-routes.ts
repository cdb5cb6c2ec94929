import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { isFailure } from '#domain/failure.ts'
import { beginSession, type PeopleDeps } from './begin-session.ts'
import { sendView } from './send-page.ts'
import { showInvite } from './show-invite.ts'

const text = z.string().max(300).catch('')
const form = z
  .object({ password: text, again: text, code: text })
  .catch({ password: '', again: '', code: '' })

/** Taking an account by its one-time link. Opening the link changes nothing, because mail servers open links by themselves. */
export function addInviteRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { accounts, audit, sessions, pages, limits } = deps
  server.get<{ Params: { token: string } }>('/invite/:token', async (request, reply) =>
    showInvite(deps, reply, request.params.token),
  )

  server.post<{ Params: { token: string } }>(
    '/invite/:token',
    { bodyLimit: limits.formBytesMax },
    async (request, reply) => {
      const { token } = request.params
      const taken = await accounts.take(token, form.parse(request.body))
      if (isFailure(taken)) {
        reply.code(taken.failure === 'busy' ? 503 : 409)
        return showInvite(deps, reply, token, {
          field: taken.field ?? 'password',
          text: taken.detail,
        })
      }
      const { account, recovery } = taken
      const who = account.email
      audit.note({ who, what: 'invitation-taken', subject: '', address: request.ip })
      await sessions.endAll(account.id)
      await beginSession(deps, request, reply, account)
      return sendView(reply, pages, { view: 'recovery', codes: recovery })
    },
  )
}
