/** What people at a school do with the console: what each may is in `scope.ts` and `../http/route-access.ts`. */
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

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  dsl: 'Designated safeguarding lead',
  deputy: 'Deputy safeguarding lead',
  pastoral: 'Pastoral staff',
  head: 'Head teacher',
  chair: 'Chair of governors',
  governor: 'Governor',
  it: 'School IT',
  auditor: 'Auditor',
}

export const ROLE_HINTS: Readonly<Record<Role, string>> = {
  dsl: 'Alerts and events of pupils, devices, accounts, the record of who looked',
  deputy: 'Alerts and events of pupils, devices',
  pastoral: 'Only the alerts that the lead assigns to them',
  head: 'Alerts about staff, pupils’ alerts that came to a head, accounts, the record of who looked',
  chair: 'Alerts about the head',
  governor: 'Numbers alone, never a name',
  it: 'Devices and boxes; safeguarding events without whom they are about',
  auditor: 'The record of who looked and what was done; changes nothing',
}

/** The roles among what a form sent, in their own order. */
export function rolesIn(given: readonly string[]): readonly Role[] {
  return ROLES.filter((role) => given.includes(role))
}
