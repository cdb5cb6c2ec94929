/** What people at a school do with the console: what each may is in `scope.ts` and `../http/route-access.ts`. */
import { roles } from '#console/words/roles.ts'
export const ROLES = [
  'dsl',
  'deputy',
  'pastoral',
  'head',
  'chair',
  'governor',
  'it',
  'auditor',
] as const
export type Role = (typeof ROLES)[number]

export const ROLE_WORDS: Readonly<Record<Role, string>> = roles.names

export const ROLE_HINTS: Readonly<Record<Role, string>> = roles.hints

/** The roles among what a form sent, in their own order. */
export function rolesIn(given: readonly string[]): readonly Role[] {
  return ROLES.filter((role) => given.includes(role))
}
