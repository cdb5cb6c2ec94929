/** Showing that it is you by signing in at the school's provider again: there, and not by what it remembers. */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { fill } from '#console/words/fill.ts'
import { onRecord } from '#console/words/on-record.ts'
import { schoolSignIn } from '#console/words/school-sign-in.ts'
import type { Purpose } from '../provider/journeys.ts'
import { viewerOf } from './access-check.ts'
import type { PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { pathOf } from './prove-routes.ts'
import {
  beginJourney,
  type ProviderVisit,
  VISIT_STATUS,
  type VisitProblem,
} from './provider-visit.ts'
import { sendFault, sendView } from './send-page.ts'
import { showProve } from './show-sign-in.ts'

type Proof = Extract<Purpose, { kind: 'prove' }>

const form = z.object({ to: z.string().max(2000).catch('') }).catch({ to: '' })
const { proveProblem } = schoolSignIn
const PROBLEMS: Readonly<Record<VisitProblem, string>> = {
  ...proveProblem,
  'not-begun': proveProblem.refused,
  unlinked: proveProblem['other-person'],
}

/** Begins it, for an account that is linked. */
export function addProveByProviderRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { provider, pages } = deps
  server.get('/prove/provider', async (request, reply) => {
    const to = pathOf(form.parse(request.query).to)
    const { account, session } = viewerOf(request)
    if (to === undefined || account === undefined || provider?.linkOf(account.id) === undefined)
      return sendFault(reply, pages, NOT_FOUND)
    const purpose = { kind: 'prove', account: account.id, session, to } as const
    const url = await beginJourney(deps, { provider, request, reply }, purpose)
    if (url !== undefined) return reply.redirect(url, 303)
    reply.code(VISIT_STATUS.down)
    return showProve(deps, reply, { account, to, problem: PROBLEMS.down })
  })
}

/** The proof is the session's that asked for it: the browser did not send that along, coming from another site. */
export async function arriveProved(
  deps: PeopleDeps,
  { request, reply }: ProviderVisit,
  { session, account, to }: Proof,
): Promise<FastifyReply> {
  const subject = fill(onRecord.proof.provider, { page: to })
  note(deps, { request }, account, { what: 'proof-given', subject })
  await deps.sessions.prove(session)
  // A redirect would still be the provider's in the eyes of the browser, which would send no session with it.
  reply.header('refresh', `0; url=${to}`)
  return sendView(reply, deps.pages, { view: 'proved', to })
}

export function refuseProof(
  deps: PeopleDeps,
  { request, reply }: ProviderVisit,
  { account: id, to }: Proof,
  { problem, why }: { readonly problem: VisitProblem; readonly why: string },
): FastifyReply {
  const subject = fill(onRecord.proof.providerRefused, { page: to, why })
  note(deps, { request }, id, { what: 'proof-failed', subject })
  reply.code(VISIT_STATUS[problem])
  const account = deps.accounts.byId(id)
  return showProve(deps, reply, { account, to, problem: PROBLEMS[problem] })
}

function note(
  { accounts, audit }: PeopleDeps,
  { request }: Pick<ProviderVisit, 'request'>,
  account: string,
  row: { readonly what: 'proof-given' | 'proof-failed'; readonly subject: string },
): void {
  const who = accounts.byId(account)?.email ?? onRecord.unknownAccount
  audit.note({ who, ...row, address: request.ip })
}
