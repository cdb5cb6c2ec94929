import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { plainText } from '#console/present/plain-text.ts'
import { accounts as words } from '#console/words/accounts.ts'
import { isFailure } from '#domain/failure.ts'
import type { Account, AccountFailure } from '../accounts/account.ts'
import { mayManage } from '../accounts/may-manage.ts'
import { type Role, rolesIn } from '../accounts/role.ts'
import type { Audited } from '../audit/audit-log.ts'
import type { AccountRefused } from '../pages/accounts-page.ts'
import { viewerOf, whoOf } from './access-check.ts'
import type { PeopleDeps } from './begin-session.ts'
import { sendView } from './send-page.ts'

const text = z.string().max(4000).catch('')
const many = z.union([z.string().transform((one) => [one]), z.array(z.string()).max(20)]).catch([])
const form = z
  .object({ name: text, email: text, users: text, roles: many })
  .catch({ name: '', email: '', users: '', roles: [] })
type Form = z.infer<typeof form>

/** What is on record of it, or why it was not done. */
type Work = (
  deps: PeopleDeps,
  id: string,
  given: Form,
) => Promise<{ readonly what: Audited; readonly subject: string } | AccountFailure>

/** Accounts as those manage them whose role it is. Nobody changes what they themselves may see, nor whoever is above them. */
export function addAccountsRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { accounts, audit, pages } = deps
  const bodyLimit = deps.limits.formBytesMax
  const show = (
    request: FastifyRequest,
    reply: FastifyReply,
    why?: string,
    fresh?: Omit<AccountRefused, 'problem'> & { readonly field: string },
  ): FastifyReply => {
    const { field = 'main-content', typed } = fresh ?? {}
    if (why !== undefined) reply.code(409)
    const refused =
      why === undefined ? undefined : { problem: { field, text: why }, ...(typed && { typed }) }
    return sendView(reply, pages, pages.accounts(viewerOf(request), refused))
  }
  server.get('/accounts', async (request, reply) => show(request, reply))
  server.post('/accounts', { bodyLimit }, async (request, reply) => {
    const { name, email, roles: given } = form.parse(request.body)
    const roles = rolesIn(given)
    if (isAbove(request, roles)) return show(request, reply, words.problems.above)
    const made = accounts.invite({ name, email, roles })
    if (isFailure(made))
      return show(request, reply, made.detail, {
        field: made.field ?? 'main-content',
        typed: { name, email, roles },
      })
    return showLink(deps, { request, reply, made })
  })
  server.post<{ Params: { id: string } }>(
    '/accounts/:id/link',
    { bodyLimit },
    async (request, reply) => {
      const { id } = request.params
      if (isAbove(request, accounts.byId(id)?.roles))
        return show(request, reply, words.problems.above)
      const made = accounts.inviteAgain(id)
      if (isFailure(made)) return show(request, reply, made.detail)
      return showLink(deps, { request, reply, made })
    },
  )
  const add = (path: string, work: Work): void => {
    server.post<{ Params: { id: string } }>(path, { bodyLimit }, async (request, reply) => {
      const { id } = request.params
      if (id === viewerOf(request).account?.id) return show(request, reply, words.problems.own)
      const given = form.parse(request.body)
      const roles = [...(accounts.byId(id)?.roles ?? []), ...rolesIn(given.roles)]
      if (isAbove(request, roles)) return show(request, reply, words.problems.above)
      const done = await work(deps, id, given)
      if (isFailure(done)) return show(request, reply, done.detail)
      audit.note({ who: whoOf(request), ...done, address: request.ip })
      return reply.redirect('/accounts', 303)
    })
  }
  add('/accounts/:id/roles', changeRoles)
  add('/accounts/:id/hidden', changeHidden)
  add('/accounts/:id/remove', remove)
}

function isAbove(request: FastifyRequest, roles: readonly Role[] = []): boolean {
  return !mayManage(viewerOf(request), roles)
}

/** The link is shown this once. */
function showLink(
  { audit, hosts, limits, pages }: PeopleDeps,
  asked: {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    readonly made: { readonly account: Account; readonly token: string }
  },
): FastifyReply {
  const { request, reply, made } = asked
  const { email, name, roles } = made.account
  const subject = `${email}: ${roles.join(', ')}`
  audit.note({ who: whoOf(request), what: 'account-invited', subject, address: request.ip })
  const origin = hosts.originOf(request.headers.host) ?? ''
  const href = `${origin}/invite/${made.token}`
  const days = Math.round(limits.inviteLifeMs / 86_400_000)
  return sendView(reply, pages, { view: 'account-link', name: plainText(name, 100), href, days })
}

/** Whoever is signed in with other roles is signed out. */
const changeRoles: Work = async ({ accounts, sessions }, id, { roles }) => {
  const changed = accounts.setRoles(id, rolesIn(roles))
  if (isFailure(changed)) return changed
  await sessions.endAll(id)
  return { what: 'roles-changed', subject: `${changed.email}: ${changed.roles.join(', ')}` }
}

const changeHidden: Work = async ({ accounts }, id, { users }) => {
  const changed = accounts.setHidden(id, users.split('\n'))
  if (isFailure(changed)) return changed
  return { what: 'hidden-users-changed', subject: changed.email }
}

const remove: Work = async ({ accounts }, id) => {
  const removed = accounts.remove(id)
  return isFailure(removed) ? removed : { what: 'account-removed', subject: removed.email }
}
