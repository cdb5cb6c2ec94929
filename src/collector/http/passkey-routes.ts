import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fill } from '#console/words/fill.ts'
import { onRecord } from '#console/words/on-record.ts'
import { signIn as words } from '#console/words/sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { Account } from '../accounts/account.ts'
import type { PasskeyPlace } from '../passkeys/passkey-place.ts'
import type { PasskeyOwner, PasskeyRefused } from '../passkeys/passkeys.ts'
import { sessionId } from '../sign-in/sessions.ts'
import { viewerOf, whoOf } from './access-check.ts'
import { pageAfterSignIn } from './after-sign-in.ts'
import { beginSession, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { PROVE_PROBLEMS, pathOf } from './prove-routes.ts'
import { sendFault } from './send-page.ts'
import { placeOf, showProve, showSignIn } from './show-sign-in.ts'

const text = z.string().catch('')
const form = z.object({ response: text, to: text }).catch({ response: '', to: '' })

/** On record; what a browser sent is never repeated there. */
const ON_RECORD: Readonly<Record<PasskeyRefused['failure'], string>> = onRecord.passkeyRefused
const PROBLEMS: Readonly<Record<PasskeyRefused['failure'] | 'locked', string>> = {
  wrong: words.passkey.unknown,
  copied: words.passkey.copied,
  locked: PROVE_PROBLEMS.locked,
}

/** Signing in with a passkey, and showing one again. Each answer is to a challenge, which is given on asking. */
export function addPasskeyRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { passkeys, limits } = deps
  const bodyLimit = limits.passkeyBytesMax
  server.post('/sign-in/passkey/challenge', async (request, reply) =>
    withPlace(deps, request, reply, (place) => passkeys.askToSignIn(request.ip, place)),
  )
  server.post('/sign-in/passkey', { bodyLimit }, async (request, reply) => {
    const place = placeOf(deps, request)
    if (isFailure(place)) return reply.redirect('/sign-in', 303)
    const { response, to: given } = form.parse(request.body)
    const to = pageAfterSignIn(given)
    const found = await signIn(deps, request, { place, response })
    if (typeof found === 'string') {
      reply.code(found === 'locked' ? 429 : 403)
      return showSignIn(deps, reply, { problem: { field: 'passkey', text: PROBLEMS[found] }, to })
    }
    await beginSession(deps, request, reply, found)
    return reply.redirect(to ?? '/', 303)
  })
  server.post('/prove/passkey/challenge', async (request, reply) =>
    withPlace(deps, request, reply, (place) => passkeys.askToProve(ownerOf(request), place)),
  )
  server.post('/prove/passkey', { bodyLimit }, async (request, reply) => {
    const { response, to: given } = form.parse(request.body)
    const [to, place] = [pathOf(given), placeOf(deps, request)]
    if (to === undefined || isFailure(place)) return sendFault(reply, deps.pages, NOT_FOUND)
    const problem = await prove(deps, request, { place, response, to })
    if (problem === undefined) return reply.redirect(to, 303)
    reply.code(problem === 'locked' ? 429 : 403)
    return showProve(deps, reply, {
      account: viewerOf(request).account,
      to,
      problem: PROBLEMS[problem],
    })
  })
}

/** Answers a page's script with what the browser is to be asked. */
export async function withPlace(
  deps: PeopleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  ask: (place: PasskeyPlace) => Promise<object>,
): Promise<FastifyReply> {
  const place = placeOf(deps, request)
  return isFailure(place) ? reply.code(409).send(place) : reply.send(await ask(place))
}

/** Of a route that is for accounts alone. Throws where the table of routes lets others in: a broken invariant. */
export function ownerOf(request: FastifyRequest): PasskeyOwner {
  const { account, session } = viewerOf(request)
  if (account === undefined)
    throw new Error(`nobody with an account is signed in at "${request.url}"`)
  return { account, session: sessionId(session), address: request.ip }
}

async function signIn(
  { passkeys, accounts, guesses, metrics, audit }: PeopleDeps,
  request: FastifyRequest,
  { place, response }: { readonly place: PasskeyPlace; readonly response: string },
): Promise<Account | PasskeyRefused['failure'] | 'locked'> {
  const { ip: address } = request
  if (guesses.isLocked(address)) {
    metrics.signIn('locked')
    return 'locked'
  }
  guesses.noteWrong(address)
  const shown = await passkeys.signIn(response, place)
  const account = shown.account === undefined ? undefined : accounts.byId(shown.account)
  if (isFailure(shown) || account === undefined) {
    const why = isFailure(shown) ? shown.failure : 'wrong'
    metrics.signIn('wrong')
    const who = account?.email ?? onRecord.unknownAccount
    audit.note({ who, what: 'sign-in-failed', subject: ON_RECORD[why], address })
    return why
  }
  guesses.forgive(address)
  metrics.signIn('right')
  const subject = fill(onRecord.passkey, { name: shown.name })
  audit.note({ who: account.email, what: 'signed-in', subject, address })
  return account
}

/** Undefined when it counts, else why not. */
async function prove(
  { passkeys, sessions, guesses, audit }: PeopleDeps,
  request: FastifyRequest,
  asked: { readonly place: PasskeyPlace; readonly response: string; readonly to: string },
): Promise<PasskeyRefused['failure'] | 'locked' | undefined> {
  const { ip: address } = request
  const { place, response, to } = asked
  if (guesses.isLocked(address)) return 'locked'
  guesses.noteWrong(address)
  const shown = await passkeys.prove(ownerOf(request), place, response)
  const who = whoOf(request)
  if (isFailure(shown)) {
    const subject = fill(onRecord.proof.passkeyRefused, { page: to, why: ON_RECORD[shown.failure] })
    audit.note({ who, what: 'proof-failed', subject, address })
    return shown.failure
  }
  guesses.forgive(address)
  const subject = fill(onRecord.proof.passkey, { page: to, name: shown.name })
  audit.note({ who, what: 'proof-given', subject, address })
  await sessions.prove(viewerOf(request).session)
  return undefined
}
