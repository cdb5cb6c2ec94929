import { onRecord } from '#console/words/on-record.ts'
import type { SessionRecord } from '../store/collector-store.ts'
import type { Account } from './account.ts'
import type { Accounts } from './accounts.ts'
import { ROLES, type Role } from './role.ts'

/** Whoever holds the one-time code alone: roles of accounts and this are what routes are open to. */
export const CODE_HOLDER = 'code'
export type Right = Role | typeof CODE_HOLDER
export const EVERYBODY: readonly Right[] = [...ROLES, CODE_HOLDER]

/** Who asks, as read anew at each request. */
export interface Viewer {
  readonly session: SessionRecord
  /** Undefined for the one-time code alone. */
  readonly account: Account | undefined
  readonly rights: ReadonlySet<Right>
  /** Users, in lower case, whose alerts and events are not shown. */
  readonly hiddenUsers: ReadonlySet<string>
  /** As it stands in histories. */
  readonly who: string
  /** The code alone: everything but the head's and the chair's while nobody has an account on this machine, or else a break-glass. */
  readonly byCode: 'try-out' | 'break-glass' | undefined
}

/** What the code alone opens. */
const BY_CODE: Readonly<Record<'try-out' | 'break-glass', readonly Right[]>> = {
  'try-out': [CODE_HOLDER, 'dsl', 'it', 'auditor'],
  'break-glass': [CODE_HOLDER, 'it'],
}

/** `isLocalOnly`: the console can be reached from this machine alone. */
export function makeViewerOf(
  accounts: Accounts,
  isLocalOnly: boolean,
): (session: SessionRecord) => Viewer | undefined {
  return (session) => {
    if (session.account === undefined) {
      const byCode = isLocalOnly && accounts.count() === 0 ? 'try-out' : 'break-glass'
      const rights = new Set(BY_CODE[byCode])
      const who = onRecord.byCode
      return { session, account: undefined, rights, hiddenUsers: new Set(), who, byCode }
    }
    const account = accounts.byId(session.account)
    return account && viewerOf(session, account)
  }
}

function viewerOf(session: SessionRecord, account: Account): Viewer {
  const { roles, hiddenUsers, name, email } = account
  return {
    session,
    account,
    rights: new Set(roles),
    hiddenUsers: new Set(hiddenUsers),
    who: `${name} (${email})`,
    byCode: undefined,
  }
}
