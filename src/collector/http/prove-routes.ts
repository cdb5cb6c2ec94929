import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { isFailure } from '#domain/failure.ts'
import type { CheckFailure } from '../accounts/check-person.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { whoOf } from './access-check.ts'
import { fromOf, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { ruleOf } from './route-access.ts'
import { sendFault, sendView } from './send-page.ts'

const text = z.string().max(2000).catch('')
const form = z
  .object({ to: text, password: text, code: text })
  .catch({ to: '', password: '', code: '' })
const PROBLEMS: Readonly<Record<CheckFailure['failure'], string>> = {
  wrong: 'This is not right. Try again.',
  locked: 'Too many wrong guesses. Wait five minutes and try again.',
  busy: 'Too many people are signing in at this moment. Try again in a minute.',
}

/** Showing a secret again before what leaves the console: a session left open is not enough for that. */
export function addProveRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { accounts, codes, sessions, audit, pages, limits } = deps
  const show = (reply: FastifyReply, viewer: Viewer, to: string, problem?: string): FastifyReply =>
    sendView(reply, pages, { view: 'prove', to, problem, hasAccount: viewer.account !== undefined })
  const check = async (request: FastifyRequest, viewer: Viewer): Promise<string | undefined> => {
    const typed = form.parse(request.body)
    if (viewer.account === undefined) {
      const outcome = codes.redeem(typed.code, request.ip)
      return outcome === 'right' ? undefined : PROBLEMS[outcome]
    }
    const proved = await accounts.prove(viewer.account, typed, fromOf(deps, request))
    return isFailure(proved) ? PROBLEMS[proved.failure] : undefined
  }

  server.get('/prove', async (request, reply) => {
    const to = pathOf(form.parse(request.query).to)
    if (to === undefined || request.viewer === undefined) return sendFault(reply, pages, NOT_FOUND)
    return show(reply, request.viewer, to)
  })

  server.post('/prove', { bodyLimit: limits.formBytesMax }, async (request, reply) => {
    const { viewer } = request
    const to = pathOf(form.parse(request.body).to)
    if (to === undefined || viewer === undefined) return sendFault(reply, pages, NOT_FOUND)
    const problem = await check(request, viewer)
    const what = problem === undefined ? 'proof-given' : 'proof-failed'
    audit.note({ who: whoOf(request), what, subject: to, address: request.ip })
    if (problem !== undefined) {
      reply.code(403)
      return show(reply, viewer, to, problem)
    }
    await sessions.prove(viewer.session)
    return reply.redirect(to, 303)
  })
}

/** Only to a page of ours that asks for the proof: never anywhere else. */
function pathOf(to: string): string | undefined {
  const url = URL.parse(to, 'http://console.invalid')
  if (url === null || url.host !== 'console.invalid') return undefined
  return ruleOf('GET', url.pathname)?.needsProof ? `${url.pathname}${url.search}` : undefined
}
