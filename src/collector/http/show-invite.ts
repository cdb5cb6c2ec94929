import type { FastifyReply } from 'fastify'
import type { InviteView } from '#console/account-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import { invite as words } from '#console/words/invite.ts'
import { PASSWORD_LENGTH_MIN } from '../accounts/password.ts'
import { shownSecret, totpAddress } from '../accounts/totp.ts'
import type { PeopleDeps } from './begin-session.ts'
import { type Fault, sendFault, sendView } from './send-page.ts'

const GONE: Fault = { status: 404, ...words.gone }

/** The page of a one-time link, and why what was tried last did not take the account. */
export function showInvite(
  { accounts, provider, pages }: PeopleDeps,
  reply: FastifyReply,
  token: string,
  problem?: InviteView['problem'],
): FastifyReply {
  const found = accounts.invitation(token)
  if (found === undefined) return sendFault(reply, pages, GONE)
  const { account, invite } = found
  return sendView(reply, pages, {
    view: 'invite',
    action: `/invite/${token}`,
    name: plainText(account.name, 100),
    email: plainText(account.email),
    secret: shownSecret(invite.totpSecret),
    appHref: totpAddress(invite.totpSecret, account.email),
    lengthMin: PASSWORD_LENGTH_MIN,
    provider: provider?.host,
    problem,
  })
}
