import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { CollectorLimits } from '../config/collector-limits.ts'
import type { CollectorMetrics } from '../metrics/collector-metrics.ts'
import type { Pages } from '../pages/pages.ts'
import type { Sessions } from '../sign-in/sessions.ts'
import type { SignInCodes } from '../sign-in/sign-in-codes.ts'
import type { AllowedHosts } from './allowed-hosts.ts'
import { sendView } from './send-page.ts'
import { clearSessionCookie, readSessionCookie, setSessionCookie } from './session-cookie.ts'

export interface SignInDeps {
  readonly codes: SignInCodes
  readonly sessions: Sessions
  readonly hosts: AllowedHosts
  readonly pages: Pages
  readonly metrics: CollectorMetrics
  readonly limits: CollectorLimits
}

const form = z.object({ code: z.string().max(100).catch('') }).catch({ code: '' })
const PROBLEMS = {
  wrong: 'This code is not right, has been used, or has run out. Ask for a new one.',
  locked: 'Too many wrong codes. Wait five minutes and try again.',
}

/** Signing in with a one-time code and signing out. */
export function addSignInRoutes(server: FastifyInstance, deps: SignInDeps): void {
  const { codes, sessions, hosts, pages, metrics, limits } = deps

  server.get('/sign-in', async (request, reply) => {
    if (request.isSignedIn) return reply.redirect('/', 303)
    return sendView(reply, pages, { view: 'sign-in', problem: undefined }, false)
  })

  server.post('/sign-in', { bodyLimit: limits.formBytesMax }, async (request, reply) => {
    const origin = hosts.originOf(request.headers.host) ?? ''
    const outcome = codes.redeem(form.parse(request.body).code, request.ip)
    metrics.signIn(outcome)
    if (outcome !== 'right') {
      reply.code(outcome === 'locked' ? 429 : 403)
      return sendView(reply, pages, { view: 'sign-in', problem: PROBLEMS[outcome] }, false)
    }
    await sessions.end(readSessionCookie(request, origin))
    const token = await sessions.begin()
    setSessionCookie(reply, { origin, token, lifeMs: limits.sessionLifeMs })
    return reply.redirect('/', 303)
  })

  server.post('/sign-out', { bodyLimit: limits.formBytesMax }, async (request, reply) => {
    const origin = hosts.originOf(request.headers.host) ?? ''
    await sessions.end(readSessionCookie(request, origin))
    clearSessionCookie(reply, origin)
    return reply.redirect('/sign-in', 303)
  })
}
