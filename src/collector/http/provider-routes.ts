import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { plainText } from '#console/present/plain-text.ts'
import { onRecord } from '#console/words/on-record.ts'
import { signIn as words } from '#console/words/sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { Purpose } from '../provider/journeys.ts'
import type { Arrival } from '../provider/provider.ts'
import { pageAfterSignIn } from './after-sign-in.ts'
import { beginSession, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { arriveProved, refuseProof } from './prove-by-provider.ts'
import {
  beginJourney,
  CALLBACK,
  markJourney,
  noteFailed,
  type ProviderVisit,
  VISIT_STATUS,
  type VisitProblem,
} from './provider-visit.ts'
import { sendFault, sendView } from './send-page.ts'
import { clearCookie, readCookie } from './session-cookie.ts'
import { showSignIn } from './show-sign-in.ts'
import { arriveInvited, refuseTaking } from './take-by-provider.ts'

const asked = z
  .object({ to: z.string().transform(pageAfterSignIn).catch(undefined) })
  .catch({ to: undefined })

const PROBLEMS: Readonly<Record<VisitProblem, string>> = {
  down: words.provider.away,
  refused: words.provider.refused,
  untimed: words.provider.refused,
  old: words.provider.refused,
  'other-person': words.provider.refused,
  'not-begun': words.provider.notBegun,
  unlinked: words.provider.notLinked,
  locked: words.provider.locked,
}

/** Signing in at the school's provider, and where everybody comes back who was sent there. Where there is none, nothing stands here. */
export function addProviderRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { provider } = deps
  server.get('/sign-in/provider', async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    const visit = { provider, request, reply }
    const { to } = asked.parse(request.query)
    const url = await beginJourney(deps, visit, { kind: 'sign-in', to })
    return url === undefined ? refuse(deps, visit, 'down', to) : reply.redirect(url, 303)
  })

  server.get(CALLBACK, async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    return arrive(deps, { provider, request, reply })
  })
}

async function arrive(deps: PeopleDeps, visit: ProviderVisit): Promise<FastifyReply> {
  const { guesses, hosts, metrics } = deps
  const { provider, request, reply } = visit
  const { ip } = request
  if (guesses.isLocked(ip)) {
    metrics.signIn('locked')
    return refuse(deps, visit, 'locked')
  }
  const origin = hosts.originOf(request.headers.host) ?? ''
  const token = readCookie(request, 'edge-journey', origin)
  clearCookie(reply, 'edge-journey', origin)
  guesses.noteWrong(ip)
  const { purpose, arrival } = await provider.arrive(token, new URL(request.url, origin), ip)
  if (isFailure(arrival)) {
    // An outage is nobody's guess.
    if (arrival.failure === 'down') guesses.forgive(ip)
    return refuseFor(deps, visit, purpose, arrival)
  }
  if (arrival.kind === 'sign-in') return signIn(deps, visit, arrival)
  guesses.forgive(ip)
  if (arrival.kind === 'invite') return arriveInvited(deps, visit, arrival)
  if (arrival.kind === 'prove') return arriveProved(deps, visit, arrival)
  return askToLink(deps, visit, arrival)
}

/** On the page on which the journey began. */
function refuseFor(
  deps: PeopleDeps,
  visit: ProviderVisit,
  purpose: Purpose | undefined,
  { failure: problem, detail }: { readonly failure: VisitProblem; readonly detail: string },
): FastifyReply {
  const why = `${problem}, ${detail}`
  if (purpose?.kind === 'prove') return refuseProof(deps, visit, purpose, { problem, why })
  if (purpose?.kind === 'invite') return refuseTaking(deps, visit, purpose, { problem, why })
  noteFailed(deps, visit.request, { why })
  return refuse(deps, visit, problem, purpose?.kind === 'sign-in' ? purpose.to : undefined)
}

function refuse(
  deps: PeopleDeps,
  { reply }: Pick<ProviderVisit, 'reply'>,
  problem: VisitProblem,
  to?: string,
): FastifyReply {
  reply.code(VISIT_STATUS[problem])
  return showSignIn(deps, reply, { problem: { field: 'provider', text: PROBLEMS[problem] }, to })
}

function askToLink(
  deps: PeopleDeps,
  visit: ProviderVisit,
  { account: id, token, label }: Extract<Arrival, { kind: 'link' }>,
): FastifyReply {
  const account = deps.accounts.byId(id)
  if (account === undefined) return refuse(deps, visit, 'not-begun')
  markJourney(deps, visit, token)
  const [shown, email] = [plainText(label, 100), plainText(account.email)]
  const { host } = visit.provider
  return sendView(visit.reply, deps.pages, { view: 'provider-link', host, label: shown, email })
}

async function signIn(
  deps: PeopleDeps,
  visit: ProviderVisit,
  { account: id, to = '/' }: Extract<Arrival, { kind: 'sign-in' }>,
): Promise<FastifyReply> {
  const { request, reply } = visit
  const account = id === undefined ? undefined : deps.accounts.byId(id)
  if (account === undefined) {
    noteFailed(deps, request, { why: onRecord.notLinked })
    return refuse(deps, visit, 'unlinked', to)
  }
  deps.guesses.forgive(request.ip)
  deps.metrics.signIn('right')
  const address = request.ip
  deps.audit.note({
    who: account.email,
    what: 'signed-in',
    subject: onRecord.provider,
    address,
  })
  // The provider may have asked for nothing: what is grave here asks for a secret of here, or for another sign-in there.
  await beginSession(deps, request, reply, account, false)
  // A redirect would still be the provider's in the eyes of the browser, which would not send the new cookie with it.
  reply.header('refresh', `0; url=${to}`)
  return sendView(reply, deps.pages, { view: 'arrived', to })
}
