import { ROLES, type Role } from './role.ts'
import { CODE_HOLDER, type Viewer } from './viewer.ts'

/**
 * The roles that somebody gives and takes, and whose accounts they change, hand over by a link, or remove. Nobody manages what is
 * above them: a lead could else read what is about staff, and a head what is about the head, by an account made for that.
 */
export function managedRoles({ rights }: Pick<Viewer, 'rights'>): readonly Role[] {
  if (rights.has(CODE_HOLDER)) return ROLES
  if (rights.has('head')) return ROLES.filter((role) => role !== 'chair')
  return ROLES.filter((role) => role !== 'chair' && role !== 'head')
}

export function mayManage(viewer: Pick<Viewer, 'rights'>, roles: readonly Role[]): boolean {
  const managed = managedRoles(viewer)
  return roles.every((role) => managed.includes(role))
}
