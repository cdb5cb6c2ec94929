import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { signIn } from '#console/words/sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import type { CheckFailure } from '../accounts/check-person.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { whoOf } from './access-check.ts'
import { fromOf, type PeopleDeps } from './begin-session.ts'
import { NOT_FOUND } from './not-found.ts'
import { ruleAt } from './route-access.ts'
import { sendFault } from './send-page.ts'
import { showProve } from './show-sign-in.ts'

const text = z.string().max(2000).catch('')
const form = z
  .object({ to: text, password: text, code: text })
  .catch({ to: '', password: '', code: '' })
export const PROVE_PROBLEMS: Readonly<Record<CheckFailure['failure'], string>> = {
  ...signIn.problems,
  wrong: signIn.prove.wrong,
}

/** Showing a secret again before what leaves the console: a session left open is not enough for that. */
export function addProveRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { accounts, codes, sessions, audit, pages, limits } = deps
  const check = async (request: FastifyRequest, viewer: Viewer): Promise<string | undefined> => {
    const typed = form.parse(request.body)
    if (viewer.account === undefined) {
      const outcome = codes.redeem(typed.code, request.ip)
      return outcome === 'right' ? undefined : PROVE_PROBLEMS[outcome]
    }
    const proved = await accounts.prove(viewer.account, typed, fromOf(deps, request))
    return isFailure(proved) ? PROVE_PROBLEMS[proved.failure] : undefined
  }

  server.get('/prove', async (request, reply) => {
    const to = pathOf(form.parse(request.query).to)
    if (to === undefined || request.viewer === undefined) return sendFault(reply, pages, NOT_FOUND)
    return showProve(deps, reply, { account: request.viewer.account, to })
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
      return showProve(deps, reply, { account: viewer.account, to, problem })
    }
    await sessions.prove(viewer.session)
    return reply.redirect(to, 303)
  })
}

/** Only to a page of ours that asks for the proof: never anywhere else. */
export function pathOf(to: string): string | undefined {
  const url = URL.parse(to, 'http://console.invalid')
  if (url === null || url.host !== 'console.invalid') return undefined
  return ruleAt(url.pathname)?.needsProof ? `${url.pathname}${url.search}` : undefined
}
