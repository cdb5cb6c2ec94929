/** The pages on which people show that it is them: at signing in, and again. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PasskeyOffer, SignInProblem } from '#console/account-views.ts'
import { type Failure, isFailure } from '#domain/failure.ts'
import type { Account } from '../accounts/account.ts'
import { type PasskeyPlace, passkeyPlace } from '../passkeys/passkey-place.ts'
import type { PeopleDeps } from './begin-session.ts'
import { sendView } from './send-page.ts'

export function showSignIn(
  deps: PeopleDeps,
  reply: FastifyReply,
  shown: {
    readonly problem?: SignInProblem
    /** Where they go on. */
    readonly to: string | undefined
    /** What was typed, as far as it is shown again. */
    readonly email?: string
  },
): FastifyReply {
  const { accounts, passkeys, provider, pages } = deps
  return sendView(reply, pages, {
    view: 'sign-in',
    problem: shown.problem,
    to: shown.to,
    email: shown.email ?? '',
    hasAccounts: accounts.count() > 0,
    passkeys: passkeys.any() ? offerOf(deps, reply.request) : undefined,
    provider: provider?.host,
  })
}

export function showProve(
  deps: PeopleDeps,
  reply: FastifyReply,
  asked: {
    readonly account: Account | undefined
    readonly to: string
    readonly problem?: string
  },
): FastifyReply {
  const { account, to, problem } = asked
  const { accounts, passkeys, provider } = deps
  const hasPasskey = account !== undefined && passkeys.of(account.id).length > 0
  const isLinked = account !== undefined && provider?.linkOf(account.id) !== undefined
  return sendView(reply, deps.pages, {
    view: 'prove',
    to,
    problem,
    byAccount: account !== undefined,
    hasPassword: account !== undefined && accounts.hasPassword(account.id),
    passkeys: hasPasskey ? offerOf(deps, reply.request) : undefined,
    provider: isLinked ? provider?.host : undefined,
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
