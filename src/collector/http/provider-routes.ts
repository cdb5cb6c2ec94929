import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { plainText } from '#console/present/plain-text.ts'
import { signIn as words } from '#console/words/sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { Provider, Purpose } from '../provider/provider.ts'
import { whoOf } from './access-check.ts'
import { beginSession, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { sendFault, sendView } from './send-page.ts'
import { clearCookie, readCookie, setCookie } from './session-cookie.ts'
import { showSignIn } from './show-sign-in.ts'

const CALLBACK = '/sign-in/provider/callback'
const STATUS = { down: 503, refused: 403, 'not-begun': 403, unlinked: 403, locked: 429 } as const
type Problem = keyof typeof STATUS
const PROBLEMS: Readonly<Record<Problem, string>> = {
  down: words.provider.away,
  refused: words.provider.refused,
  'not-begun': words.provider.notBegun,
  unlinked: words.provider.notLinked,
  locked: words.provider.locked,
}

/** Signing in at the school's provider. Where there is none, nothing stands here. */
export function addProviderRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { provider } = deps
  const refuse = (reply: FastifyReply, problem: Problem): FastifyReply => {
    reply.code(STATUS[problem])
    return showSignIn(deps, reply, { field: 'provider', text: PROBLEMS[problem] })
  }

  server.get('/sign-in/provider', async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    const url = await beginJourney(deps, { provider, request, reply }, { kind: 'sign-in' })
    return url === undefined ? refuse(reply, 'down') : reply.redirect(url, 303)
  })

  server.get(CALLBACK, async (request, reply) => {
    if (provider === undefined) return sendFault(reply, deps.pages, NOT_FOUND)
    const problem = await arrive(deps, { provider, request, reply })
    return problem === undefined ? reply : refuse(reply, problem)
  })
}

export interface ProviderVisit {
  readonly provider: Provider
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Where the browser is sent; undefined while the provider cannot be used. */
export async function beginJourney(
  { hosts, limits }: PeopleDeps,
  { provider, request, reply }: ProviderVisit,
  purpose: Purpose,
): Promise<string | undefined> {
  const origin = hosts.originOf(request.headers.host) ?? ''
  const begun = await provider.begin(`${origin}${CALLBACK}`, request.ip, purpose)
  if (isFailure(begun)) return undefined
  setCookie(reply, 'edge-journey', { origin, value: begun.token, lifeMs: limits.journeyLifeMs })
  return begun.url.href
}

/** Undefined when it is answered; else why nobody came of it. */
async function arrive(
  deps: PeopleDeps,
  { provider, request, reply }: ProviderVisit,
): Promise<Problem | undefined> {
  const { guesses, hosts, metrics, limits } = deps
  const { ip } = request
  if (guesses.isLocked(ip)) {
    metrics.signIn('locked')
    return 'locked'
  }
  const origin = hosts.originOf(request.headers.host) ?? ''
  const token = readCookie(request, 'edge-journey', origin)
  clearCookie(reply, 'edge-journey', origin)
  guesses.noteWrong(ip)
  const arrival = await provider.arrive(token, new URL(request.url, origin), ip)
  if (isFailure(arrival)) {
    // An outage is nobody's guess.
    if (arrival.failure === 'down') guesses.forgive(ip)
    noteFailed(deps, request, `${arrival.failure}, ${arrival.detail}`)
    return arrival.failure
  }
  if (arrival.kind === 'sign-in') return signIn(deps, { request, reply, id: arrival.account })
  guesses.forgive(ip)
  const account = deps.accounts.byId(arrival.account)
  if (account === undefined) return 'not-begun'
  const { token: value, label } = arrival
  setCookie(reply, 'edge-journey', { origin, value, lifeMs: limits.journeyLifeMs })
  const [shown, email] = [plainText(label, 100), plainText(account.email)]
  sendView(reply, deps.pages, { view: 'provider-link', host: provider.host, label: shown, email })
  return undefined
}

async function signIn(
  deps: PeopleDeps,
  arrived: {
    readonly request: FastifyRequest
    readonly reply: FastifyReply
    readonly id: string | undefined
  },
): Promise<'unlinked' | undefined> {
  const { request, reply, id } = arrived
  const account = id === undefined ? undefined : deps.accounts.byId(id)
  if (account === undefined) {
    noteFailed(deps, request, 'nobody here is linked to whoever came')
    return 'unlinked'
  }
  deps.guesses.forgive(request.ip)
  deps.metrics.signIn('right')
  const address = request.ip
  deps.audit.note({ who: account.email, what: 'signed-in', subject: 'provider', address })
  // The provider may have asked for nothing: what is grave here asks for a secret of here.
  await beginSession(deps, request, reply, account, false)
  // A redirect would still be the provider's in the eyes of the browser, which would not send the new cookie with it.
  reply.header('refresh', '0; url=/')
  sendView(reply, deps.pages, { view: 'arrived' })
  return undefined
}

function noteFailed({ audit, metrics }: PeopleDeps, request: FastifyRequest, why: string): void {
  metrics.signIn('wrong')
  const who = request.viewer === undefined ? 'Unknown account' : whoOf(request)
  audit.note({ who, what: 'sign-in-failed', subject: `provider: ${why}`, address: request.ip })
}
