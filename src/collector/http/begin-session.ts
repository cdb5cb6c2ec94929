import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Account } from '../accounts/account.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { From } from '../accounts/check-person.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { CollectorLimits } from '../config/collector-limits.ts'
import type { CollectorMetrics } from '../metrics/collector-metrics.ts'
import type { Pages } from '../pages/pages.ts'
import type { Passkeys } from '../passkeys/passkeys.ts'
import type { Provider } from '../provider/provider.ts'
import type { LockOut } from '../sign-in/lock-out.ts'
import type { Sessions } from '../sign-in/sessions.ts'
import type { SignInCodes } from '../sign-in/sign-in-codes.ts'
import type { AllowedHosts } from './allowed-hosts.ts'
import { readCookie, setCookie } from './session-cookie.ts'

/** What signing in, accounts and proofs are made of. */
export interface PeopleDeps {
  readonly codes: SignInCodes
  readonly sessions: Sessions
  readonly accounts: Accounts
  readonly audit: AuditLog
  readonly hosts: AllowedHosts
  readonly pages: Pages
  readonly metrics: CollectorMetrics
  readonly limits: CollectorLimits
  readonly passkeys: Passkeys
  readonly provider: Provider | undefined
  /** Of what is tried without a password. */
  readonly guesses: LockOut
}

const BROWSER_KNOWN_MS = 180 * 86_400_000

/**
 * A new session in place of whatever session came; the browser is known from now on. `isProved`: a secret was shown here, and not
 * somewhere else, some time.
 */
export async function beginSession(
  { hosts, sessions, accounts, limits }: PeopleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  account: Account | undefined,
  isProved = true,
): Promise<void> {
  const origin = hosts.originOf(request.headers.host) ?? ''
  await sessions.end(readCookie(request, 'edge-session', origin))
  const token = await sessions.begin(account?.id, request.ip, isProved)
  setCookie(reply, 'edge-session', { origin, value: token, lifeMs: limits.sessionLifeMs })
  if (account === undefined) return
  const value = accounts.browsers.mark(account.email)
  setCookie(reply, 'edge-browser', { origin, value, lifeMs: BROWSER_KNOWN_MS })
}

export function fromOf({ hosts }: PeopleDeps, request: FastifyRequest): From {
  const origin = hosts.originOf(request.headers.host) ?? ''
  return { address: request.ip, mark: readCookie(request, 'edge-browser', origin) }
}
