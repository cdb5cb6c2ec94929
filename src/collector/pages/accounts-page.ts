import type { FieldProblem, RoleChoice } from '#console/account-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { View } from '#console/views.ts'
import { managedRoles, mayManage } from '../accounts/may-manage.ts'
import { ROLE_HINTS, ROLE_WORDS, type Role } from '../accounts/role.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PageContext } from './page-context.ts'

/** Why a form was refused, and what was typed into that of a new account. */
export interface AccountRefused {
  readonly problem: FieldProblem
  readonly typed?: {
    readonly name: string
    readonly email: string
    readonly roles: readonly Role[]
  }
}

const NOTHING_TYPED = { name: '', email: '', roles: [] } as const

/** Who may sign in, and the forms by which accounts come, change and go. */
export function accountsPage(
  { accounts }: PageContext,
  viewer: Viewer,
  refused?: AccountRefused,
): View {
  const managed = managedRoles(viewer)
  const typed = refused?.typed ?? NOTHING_TYPED
  return {
    view: 'accounts',
    problem: refused?.problem,
    typed: { name: plainText(typed.name, 100), email: plainText(typed.email) },
    roles: roleChoices(managed, typed.roles),
    accounts: accounts.all().map(({ id, name, email, roles, hiddenUsers, isReady }) => ({
      href: `/accounts/${encodeURIComponent(id)}`,
      name: plainText(name, 100),
      email: plainText(email),
      roles: rolesText(roles),
      isReady,
      isOwn: id === viewer.account?.id,
      isAbove: !mayManage(viewer, roles),
      choices: roleChoices(managed, roles),
      hiddenUsers: hiddenUsers.map((user) => plainText(user, 200)).join('\n'),
    })),
  }
}

/** In words. */
export function rolesText(roles: readonly Role[]): string {
  return roles.map((role) => ROLE_WORDS[role]).join(', ')
}

function roleChoices(managed: readonly Role[], chosen: readonly Role[]): readonly RoleChoice[] {
  return managed.map((value) => ({
    value,
    text: ROLE_WORDS[value],
    hint: { text: ROLE_HINTS[value] },
    checked: chosen.includes(value),
  }))
}
