/** Taking an account by its one-time link and the school's sign-in, with no password. The link's token never leaves this server. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { plainText } from '#console/present/plain-text.ts'
import { fill } from '#console/words/fill.ts'
import { onRecord } from '#console/words/on-record.ts'
import { schoolSignIn } from '#console/words/school-sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { Account } from '../accounts/account.ts'
import { emailOf } from '../accounts/check-person.ts'
import type { Purpose } from '../provider/journeys.ts'
import type { Arrival } from '../provider/provider.ts'
import type { ProviderPerson } from '../provider/provider-client.ts'
import { beginSession, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import {
  beginJourney,
  markJourney,
  noteFailed,
  type ProviderVisit,
  VISIT_STATUS,
  type VisitProblem,
} from './provider-visit.ts'
import { sendFault, sendView } from './send-page.ts'
import { clearCookie, readCookie } from './session-cookie.ts'
import { showInvite } from './show-invite.ts'

type Invited = Extract<Arrival, { kind: 'invite' }>

export function addTakeByProviderRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { provider, accounts, hosts, pages, limits } = deps
  server.get<{ Params: { token: string } }>('/invite/:token/provider', async (request, reply) => {
    if (provider === undefined) return sendFault(reply, pages, NOT_FOUND)
    const { token: invite } = request.params
    if (accounts.invitation(invite) === undefined) return showInvite(deps, reply, invite)
    const visit = { provider, request, reply }
    const url = await beginJourney(deps, visit, { kind: 'invite', invite })
    return url === undefined
      ? refuse(deps, visit, invite, {
          problem: 'down',
          text: fill(schoolSignIn.down, { host: provider.host }),
        })
      : reply.redirect(url, 303)
  })

  server.post('/invite/provider', { bodyLimit: limits.formBytesMax }, async (request, reply) => {
    if (provider === undefined) return sendFault(reply, pages, NOT_FOUND)
    const origin = hosts.originOf(request.headers.host) ?? ''
    const token = readCookie(request, 'edge-journey', origin)
    clearCookie(reply, 'edge-journey', origin)
    return take(deps, { provider, request, reply }, token)
  })
}

/**
 * Somebody came back who had opened the link. They have the account at once where the provider vouches that theirs is the address that
 * was invited; they are asked where one of the two is so; and else refused.
 */
export async function arriveInvited(
  deps: PeopleDeps,
  visit: ProviderVisit,
  { invite, token, person }: Invited,
): Promise<FastifyReply> {
  const account = deps.accounts.invitation(invite)?.account
  if (account === undefined) return showInvite(deps, visit.reply, invite)
  const isSame = emailOf(person.email ?? '') === account.email
  const { isEmailVerified } = person
  if (isSame && isEmailVerified) return take(deps, visit, token)
  if (!isSame && !isEmailVerified) return refuseOther(deps, visit, { invite, account, person })
  markJourney(deps, visit, token)
  return sendView(visit.reply, deps.pages, {
    view: 'provider-take',
    host: visit.provider.host,
    label: plainText(person.label, 100),
    name: plainText(account.name, 100),
    email: plainText(account.email),
    isSame,
  })
}

export function refuseTaking(
  deps: PeopleDeps,
  visit: ProviderVisit,
  { invite }: Extract<Purpose, { kind: 'invite' }>,
  { problem, why }: { readonly problem: VisitProblem; readonly why: string },
): FastifyReply {
  const who = deps.accounts.invitation(invite)?.account.email
  noteFailed(deps, visit.request, { why: fill(onRecord.notTaken, { why }), who })
  const said = problem === 'down' ? schoolSignIn.down : schoolSignIn.refused
  const text = fill(said, { host: visit.provider.host })
  return refuse(deps, visit, invite, { problem, text })
}

function refuseOther(
  deps: PeopleDeps,
  visit: ProviderVisit,
  asked: {
    readonly invite: string
    readonly account: Account
    readonly person: Pick<ProviderPerson, 'label'>
  },
): FastifyReply {
  const { account, person } = asked
  const why = fill(onRecord.notTakenOther, { label: person.label })
  noteFailed(deps, visit.request, { why, who: account.email })
  const email = plainText(account.email)
  const text = fill(schoolSignIn.otherAddress, {
    host: visit.provider.host,
    label: plainText(person.label, 100),
    email,
  })
  return refuse(deps, visit, asked.invite, { problem: 'refused', text })
}

function refuse(
  deps: PeopleDeps,
  { reply }: Pick<ProviderVisit, 'reply'>,
  invite: string,
  { problem, text }: { readonly problem: VisitProblem; readonly text: string },
): FastifyReply {
  reply.code(VISIT_STATUS[problem])
  return showInvite(deps, reply, invite, { field: 'provider', text })
}

/** Uses the invitation up, and gives the account to whoever signed in at the provider. */
async function take(
  deps: PeopleDeps,
  visit: ProviderVisit,
  token: string | undefined,
): Promise<FastifyReply> {
  const { accounts, audit, sessions, pages, metrics } = deps
  const { provider, request, reply } = visit
  const taker = provider.taker(token)
  if (taker === undefined) return showInvite(deps, reply, '')
  const { invite, label, link } = taker
  const account = accounts.takeWithoutPassword(invite, link)
  if (isFailure(account)) {
    const who = accounts.invitation(invite)?.account.email
    const why = fill(onRecord.notTakenBy, { why: account.failure, label })
    noteFailed(deps, request, { why, who })
    reply.code(409)
    return showInvite(deps, reply, invite, { field: 'provider', text: account.detail })
  }
  const subject = fill(onRecord.taken, { label, host: provider.host })
  audit.note({ who: account.email, what: 'invitation-taken', subject, address: request.ip })
  metrics.signIn('right')
  await sessions.endAll(account.id)
  // As with a password: who has the link has shown a secret that works once.
  await beginSession(deps, request, reply, account)
  return sendView(reply, pages, { view: 'provider-taken', host: provider.host })
}
