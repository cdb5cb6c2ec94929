import type { RoleChoice } from '#console/account-views.ts'
import { plainText } from '#console/present/plain-text.ts'
import type { View } from '#console/views.ts'
import { managedRoles, mayManage } from '../accounts/may-manage.ts'
import { ROLE_HINTS, ROLE_WORDS, type Role } from '../accounts/role.ts'
import type { Viewer } from '../accounts/viewer.ts'
import type { PageContext } from './page-context.ts'

/** Who may sign in, and the forms by which accounts come, change and go. */
export function accountsPage(
  { accounts }: PageContext,
  viewer: Viewer,
  problem: string | undefined,
): View {
  const managed = managedRoles(viewer)
  return {
    view: 'accounts',
    problem,
    roles: roleChoices(managed, []),
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
