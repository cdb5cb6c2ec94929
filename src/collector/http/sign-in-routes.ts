import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { SignInProblem } from '#console/account-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { onRecord } from '#console/words/on-record.ts'
import { signIn as words } from '#console/words/sign-in.ts'
import { isFailure } from '#domain/failure.ts'
import { emailOf } from '../accounts/check-person.ts'
import { whoOf } from './access-check.ts'
import { pageAfterSignIn, signInFor } from './after-sign-in.ts'
import { beginSession, fromOf, type PeopleDeps } from './begin-session.ts'
import { homeOf, sendView } from './send-page.ts'
import { clearCookie, readCookie } from './session-cookie.ts'
import { showSignIn } from './show-sign-in.ts'

const text = z.string().max(300).catch('')
const address = z.string().transform(pageAfterSignIn).catch(undefined)
const form = z
  .object({ code: text, email: text, password: text, to: address })
  .catch({ code: '', email: '', password: '', to: undefined })

const LIKE_EMAIL = /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i

/** So that nobody is passed on twice. */
const PASSED = 'passed=yes'

const STATUS = { wrong: 403, locked: 429, busy: 503 } as const

/** Signing in with an account or with a one-time code, and signing out. */
export function addSignInRoutes(server: FastifyInstance, deps: PeopleDeps): void {
  const { codes, sessions, accounts, audit, hosts, metrics, limits, pages } = deps
  const bodyLimit = limits.formBytesMax
  const refuse = (
    reply: FastifyReply,
    to: string | undefined,
    problem: SignInProblem,
    email = '',
  ): FastifyReply => showSignIn(deps, reply, { problem, to, email: keptEmail(email) })
  /** A link on another site's page, as in webmail, brings no cookie with it (SameSite=Strict): a page of our own, asked for next, does. */
  const passOn = (reply: FastifyReply, to: string): FastifyReply => {
    reply.header('refresh', `0; url=${signInFor(to)}&${PASSED}`)
    return sendView(reply, pages, { view: 'passing', to })
  }
  const noteFailed = (request: FastifyRequest, who: string, why: string): void =>
    audit.note({ who, what: 'sign-in-failed', subject: why, address: request.ip })

  server.get('/sign-in', async (request, reply) => {
    const { to } = form.parse(request.query)
    if (request.viewer !== undefined) return reply.redirect(to ?? homeOf(request), 303)
    return isFollowed(request, to) ? passOn(reply, to) : showSignIn(deps, reply, { to })
  })

  server.post('/sign-in', { bodyLimit }, async (request, reply) => {
    const { code, to } = form.parse(request.body)
    const outcome = codes.redeem(code, request.ip)
    metrics.signIn(outcome)
    if (outcome !== 'right') {
      noteFailed(request, onRecord.byCode, outcome)
      reply.code(STATUS[outcome])
      return refuse(reply, to, { field: 'code', text: words.codeProblems[outcome] })
    }
    const who = onRecord.byCode
    audit.note({ who, what: 'signed-in-by-code', subject: '', address: request.ip })
    await beginSession(deps, request, reply, undefined)
    return reply.redirect(to ?? '/', 303)
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
      return refuse(reply, typed.to, { field: 'email', text: words.problems[why] }, typed.email)
    }
    metrics.signIn('right')
    audit.note({ who: found.email, what: 'signed-in', subject: '', address: request.ip })
    await beginSession(deps, request, reply, found)
    return reply.redirect(typed.to ?? '/', 303)
  })

  server.post('/sign-out', { bodyLimit }, async (request, reply) => {
    const origin = hosts.originOf(request.headers.host) ?? ''
    audit.note({ who: whoOf(request), what: 'signed-out', subject: '', address: request.ip })
    await sessions.end(readCookie(request, 'edge-session', origin))
    clearCookie(reply, 'edge-session', origin)
    return reply.redirect('/sign-in', 303)
  })
}

/**
 * What was typed stands there again only where it reads like an address: after a slip of the keyboard it may be the password, and a page is
 * seen by who stands beside, and kept by browsers.
 */
function keptEmail(typed: string): string {
  const email = typed.trim()
  return LIKE_EMAIL.test(email) ? plainText(email) : ''
}

/** Whoever has signed in here may be back by a link on another site's page. */
function isFollowed({ headers, url }: FastifyRequest, to: string | undefined): to is string {
  return to !== undefined && headers['sec-fetch-site'] === 'cross-site' && !url.endsWith(PASSED)
}
