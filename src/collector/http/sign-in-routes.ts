import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SignInProblem } from '#console/account-views.ts'
import { onRecord } from '#console/words/on-record.ts'
import { signIn as words } from '#console/words/sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import { emailOf } from '../accounts/check-person.ts'
import { whoOf } from './access-check.ts'
import { beginSession, fromOf, type PeopleDeps } from './begin-session.ts'
import { homeOf } from './send-page.ts'
import { clearCookie, readCookie } from './session-cookie.ts'
import { showSignIn } from './show-sign-in.ts'

const text = z.string().max(300).catch('')
const form = z
  .object({ code: text, email: text, password: text })
  .catch({ code: '', email: '', password: '' })

const STATUS = { wrong: 403, locked: 429, busy: 503 } as const

/** Signing in with an account or with a one-time code, and signing out. */
export function addSignInRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { codes, sessions, accounts, audit, hosts, metrics, limits } = deps
  const bodyLimit = limits.formBytesMax
  const show = (reply: FastifyReply, problem: SignInProblem | undefined): FastifyReply =>
    showSignIn(deps, reply, problem)
  const noteFailed = (request: FastifyRequest, who: string, why: string): void =>
    audit.note({ who, what: 'sign-in-failed', subject: why, address: request.ip })

  server.get('/sign-in', async (request, reply) => {
    if (request.viewer !== undefined) return reply.redirect(homeOf(request), 303)
    return show(reply, undefined)
  })

  server.post('/sign-in', { bodyLimit }, async (request, reply) => {
    const outcome = codes.redeem(form.parse(request.body).code, request.ip)
    metrics.signIn(outcome)
    if (outcome !== 'right') {
      noteFailed(request, onRecord.byCode, outcome)
      reply.code(STATUS[outcome])
      return show(reply, { field: 'code', text: words.codeProblems[outcome] })
    }
    const who = onRecord.byCode
    audit.note({ who, what: 'signed-in-by-code', subject: '', address: request.ip })
    await beginSession(deps, request, reply, undefined)
    return reply.redirect('/', 303)
  })

  server.post('/sign-in/account', { bodyLimit }, async (request, reply) => {
    const typed = form.parse(request.body)
    const found = await accounts.signIn(typed, fromOf(deps, request))
    if (isFailure(found)) {
      const { failure: why } = found
      if (why !== 'busy') metrics.signIn(why)
      // What was typed may be a password in the wrong field: only an account that is there is named.
      const known = accounts.byEmail(emailOf(typed.email))
      if (why === 'wrong') noteFailed(request, known?.email ?? onRecord.unknownAccount, why)
      reply.code(STATUS[why])
      return show(reply, { field: 'email', text: words.problems[why] })
    }
    metrics.signIn('right')
    audit.note({ who: found.email, what: 'signed-in', subject: '', address: request.ip })
    await beginSession(deps, request, reply, found)
    return reply.redirect('/', 303)
  })

  server.post('/sign-out', { bodyLimit }, async (request, reply) => {
    const origin = hosts.originOf(request.headers.host) ?? ''
    audit.note({ who: whoOf(request), what: 'signed-out', subject: '', address: request.ip })
    await sessions.end(readCookie(request, 'edge-session', origin))
    clearCookie(reply, 'edge-session', origin)
    return reply.redirect('/sign-in', 303)
  })
}
