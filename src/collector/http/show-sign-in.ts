/** The pages on which people show that it is them: at signing in, and again. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PasskeyOffer, SignInProblem } from '#console/account-views.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { type PasskeyPlace, passkeyPlace } from '../passkeys/passkey-place.ts'
import type { PeopleDeps } from './begin-session.ts'
import { sendView } from './send-page.ts'

export function showSignIn(
  deps: PeopleDeps,
  reply: FastifyReply,
  problem: SignInProblem | undefined,
): FastifyReply {
  const { accounts, passkeys, provider, pages } = deps
  return sendView(reply, pages, {
    view: 'sign-in',
    problem,
    hasAccounts: accounts.count() > 0,
    passkeys: passkeys.any() ? offerOf(deps, reply.request) : undefined,
    provider: provider?.host,
  })
}

export function showProve(
  deps: PeopleDeps,
  reply: FastifyReply,
  asked: { readonly viewer: Viewer; readonly to: string; readonly problem?: string },
): FastifyReply {
  const { viewer, to, problem } = asked
  const { account } = viewer
  const hasPasskey = account !== undefined && deps.passkeys.of(account.id).length > 0
  return sendView(reply, deps.pages, {
    view: 'prove',
    to,
    problem,
    hasAccount: account !== undefined,
    passkeys: hasPasskey ? offerOf(deps, reply.request) : undefined,
  })
}

/** The host that is asked for chooses among the console's own names, and is never a name by itself. */
export function placeOf(
  { hosts }: Pick<PeopleDeps, 'hosts'>,
  { headers }: FastifyRequest,
): PasskeyPlace | Failure<'no-passkeys'> {
  return passkeyPlace(hosts.originOf(headers.host) ?? '')
}

function offerOf(deps: PeopleDeps, request: FastifyRequest): PasskeyOffer {
  const place = placeOf(deps, request)
  return { off: isFailure(place) ? place.detail : undefined }
}
