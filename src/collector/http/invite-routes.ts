import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { InviteView } from '#console/account-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { invite as words } from '#console/words/invite.ts'
import { isFailure } from '#domain/failure.ts'
import { PASSWORD_LENGTH_MIN } from '../accounts/password.ts'
import { shownSecret, totpAddress } from '../accounts/totp.ts'
import { beginSession, type PeopleDeps } from './begin-session.ts'
import { type Fault, sendFault, sendView } from './send-page.ts'

const text = z.string().max(300).catch('')
const form = z
  .object({ password: text, again: text, code: text })
  .catch({ password: '', again: '', code: '' })
const GONE: Fault = { status: 404, ...words.gone }

/** Taking an account by its one-time link. Opening the link changes nothing, because mail servers open links by themselves. */
export function addInviteRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { accounts, audit, sessions, pages, limits } = deps
  const viewOf = (token: string, problem: string | undefined): InviteView | undefined => {
    const found = accounts.invitation(token)
    if (found === undefined) return undefined
    const { account, invite } = found
    return {
      view: 'invite',
      action: `/invite/${token}`,
      name: plainText(account.name, 100),
      email: plainText(account.email),
      secret: shownSecret(invite.totpSecret),
      appHref: totpAddress(invite.totpSecret, account.email),
      lengthMin: PASSWORD_LENGTH_MIN,
      problem,
    }
  }

  server.get<{ Params: { token: string } }>('/invite/:token', async (request, reply) => {
    const view = viewOf(request.params.token, undefined)
    return view ? sendView(reply, pages, view) : sendFault(reply, pages, GONE)
  })

  server.post<{ Params: { token: string } }>(
    '/invite/:token',
    { bodyLimit: limits.formBytesMax },
    async (request, reply) => {
      const { token } = request.params
      const taken = await accounts.take(token, form.parse(request.body))
      if (isFailure(taken)) {
        const view = viewOf(token, taken.detail)
        reply.code(taken.failure === 'busy' ? 503 : 409)
        return view ? sendView(reply, pages, view) : sendFault(reply, pages, GONE)
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
