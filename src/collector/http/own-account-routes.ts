import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { FieldProblem } from '#console/account-views.ts'
import { account as words } from '#console/words/account.ts'
import { isFailure } from '#domain/failure.ts'
import type { Account } from '../accounts/account.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { Audited } from '../audit/audit-log.ts'
import { sessionId } from '../sign-in/sessions.ts'
import { viewerOf, whoOf } from './access-check.ts'
import { fromOf, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'

const text = z.string().max(4000).catch('')
const form = z
  .object({ current: text, password: text, again: text, users: text, session: text })
  .catch({ current: '', password: '', again: '', users: '', session: '' })

/** What an owner asked, and of what. */
interface Asked {
  readonly request: FastifyRequest
  readonly account: Account
  readonly session: Viewer['session']
  readonly given: z.infer<typeof form>
}

/** Undefined when it was done, else why not. */
type Work = (deps: PeopleDeps, asked: Asked) => Promise<FieldProblem | undefined>

/** What the owner of an account sees and changes of it. */
export function addOwnAccountRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { audit, pages, limits } = deps
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    problem?: FieldProblem,
  ): Promise<FastifyReply> => {
    if (problem !== undefined) reply.code(409)
    const view = await pages.ownAccount(viewerOf(request), problem)
    return view ? sendView(reply, pages, view) : sendFault(reply, pages, NOT_FOUND)
  }
  const add = (path: string, what: Audited, work: Work): void => {
    server.post(path, { bodyLimit: limits.formBytesMax }, async (request, reply) => {
      const { account, session } = viewerOf(request)
      if (account === undefined) return sendFault(reply, pages, NOT_FOUND)
      const given = form.parse(request.body)
      const problem = await work(deps, { request, account, session, given })
      if (problem !== undefined) return show(request, reply, problem)
      audit.note({ who: whoOf(request), what, subject: account.email, address: request.ip })
      return reply.redirect('/account', 303)
    })
  }
  server.get('/account', (request, reply) => show(request, reply))
  add('/account/password', 'password-changed', changePassword)
  add('/account/hidden', 'hidden-users-changed', addHidden)
  add('/account/sessions', 'sessions-ended', endSessions)
}

const changePassword: Work = async (deps, { request, account, session, given }) => {
  const { current, ...typed } = given
  // Never empty: that would ask for a code of the app instead.
  const password = current === '' ? ' ' : current
  const from = fromOf(deps, request)
  const proved = await deps.accounts.prove(account, { password, code: '' }, from)
  if (isFailure(proved)) {
    const detail = proved.failure === 'wrong' ? words.password.wrong : proved.detail
    return { field: 'current', text: detail }
  }
  const changed = await deps.accounts.changePassword(account, typed)
  if (isFailure(changed)) return { field: changed.field ?? 'password', text: changed.detail }
  await deps.sessions.endAll(account.id, session)
  return undefined
}

/** A name that was given stays: taking one away is for another to do. */
const addHidden: Work = async ({ accounts }, { account, given }) => {
  const users = [...account.hiddenUsers, ...given.users.split('\n')]
  const changed = accounts.setHidden(account.id, users)
  return isFailure(changed) ? { field: 'users', text: changed.detail } : undefined
}

const endSessions: Work = async ({ sessions }, { account, session, given }) => {
  if (given.session === 'others') await sessions.endAll(account.id, session)
  const live = await sessions.of(account.id)
  const one = live.find((found) => sessionId(found) === given.session)
  if (one !== undefined) await sessions.endOne(one)
  return undefined
}
