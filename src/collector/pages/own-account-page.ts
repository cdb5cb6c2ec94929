import type { FieldProblem } from '#console/account-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { View } from '#console/views.ts'
import { PASSWORD_LENGTH_MIN } from '../accounts/password.ts'
import type { Viewer } from '../accounts/viewer.ts'
import { sessionId } from '../sign-in/sessions.ts'
import { rolesText } from './accounts-page.ts'
import type { PageContext } from './page-context.ts'

/** An account as its owner sees it; undefined for the one-time code alone. */
export async function ownAccountPage(
  { accounts, passkeys, sessions, clock, time }: PageContext,
  { account, session }: Viewer,
  problem: FieldProblem | undefined,
): Promise<View | undefined> {
  if (account === undefined) return undefined
  const nowMs = clock.wallMs()
  const live = await sessions.of(account.id)
  return {
    view: 'account',
    problem,
    name: plainText(account.name, 100),
    email: plainText(account.email),
    roles: rolesText(account.roles),
    hiddenUsers: account.hiddenUsers.map((user) => plainText(user, 200)),
    hasPassword: accounts.hasPassword(account.id),
    recoveryLeft: accounts.recoveryLeft(account.id),
    passkeys: passkeys.of(account.id).length,
    lengthMin: PASSWORD_LENGTH_MIN,
    sessions: live.map((one) => ({
      id: sessionId(one),
      isThis: sessionId(one) === sessionId(session),
      address: plainText(one.address, 64),
      begun: time.at(one.createdAt, nowMs),
    })),
  }
}
