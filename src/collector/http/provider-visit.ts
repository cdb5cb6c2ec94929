/** What every way to the provider and back has in common. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fill } from '#console/words/fill.ts'
import { onRecord } from '#console/words/on-record.ts'
import { isFailure } from '#domain/failure.ts'
import type { Purpose } from '../provider/journeys.ts'
import type { ArrivalFailure, Provider } from '../provider/provider.ts'
import { whoOf } from './access-check.ts'
import type { PeopleDeps } from './begin-session.ts'
import { setCookie } from './session-cookie.ts'

export const CALLBACK = '/sign-in/provider/callback'

export interface ProviderVisit {
  readonly provider: Provider
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Why nothing came of a visit. */
export type VisitProblem = ArrivalFailure['failure'] | 'unlinked' | 'locked'
export const VISIT_STATUS: Readonly<Record<VisitProblem, number>> = {
  down: 503,
  refused: 403,
  untimed: 403,
  old: 403,
  'other-person': 403,
  'not-begun': 403,
  unlinked: 403,
  locked: 429,
}

/** Where the browser is sent; undefined while the provider cannot be used. */
export async function beginJourney(
  deps: PeopleDeps,
  { provider, request, reply }: ProviderVisit,
  purpose: Purpose,
): Promise<string | undefined> {
  const origin = deps.hosts.originOf(request.headers.host) ?? ''
  const begun = await provider.begin(`${origin}${CALLBACK}`, request.ip, purpose)
  if (isFailure(begun)) return undefined
  markJourney(deps, { request, reply }, begun.token)
  return begun.url.href
}

/** By which the browser is known again, on its way and at the page that asks for a yes. */
export function markJourney(
  { hosts, limits }: PeopleDeps,
  { request, reply }: Pick<ProviderVisit, 'request' | 'reply'>,
  value: string,
): void {
  const origin = hosts.originOf(request.headers.host) ?? ''
  setCookie(reply, 'edge-journey', { origin, value, lifeMs: limits.journeyLifeMs })
}

/** `who` is the account that it was about, where it was about one. */
export function noteFailed(
  { audit, metrics }: PeopleDeps,
  request: FastifyRequest,
  { why, who }: { readonly why: string; readonly who?: string | undefined },
): void {
  metrics.signIn('wrong')
  const somebody = request.viewer === undefined ? onRecord.unknownAccount : whoOf(request)
  const subject = fill(onRecord.providerRefused, { why })
  audit.note({ who: who ?? somebody, what: 'sign-in-failed', subject, address: request.ip })
}
