/** Every form that the console shows to anybody. */
import type { Page } from 'playwright-core'
import { ROLES, type Role } from '#collector/accounts/role.ts'
import { linkOf, postRoles, signInByCode } from '#test/support/people.ts'
import { pathsOf } from '../../load/pages/paths.ts'
import { type Form, formsOf } from './forms.ts'
import type { HostileSchool } from './school.ts'

export interface OwnForm extends Form {
  /** Of whoever sees it. */
  readonly cookie: string
}

/** The second page of a check, and the forms that ask whether it is still the same person. */
const MORE = [
  '/checks/new?step=try&device=a&kind=laptop&room=b&group=ks3&tried=harm.selfharm&expected=blocked',
  '/prove?to=%2Fdevices.csv',
  '/why?name=example.org',
]
/** What would take away what is needed further: whose account it is, and their sessions. */
const OWN_ACCOUNT = /^POST \/(?:sign-out|account\/sessions)$/

/** By route, all that there are of it; those that `isKnown` are left out. */
export async function readForms(
  page: Page,
  { collector, cookies, accounts }: HostileSchool,
  isKnown: (route: string) => boolean,
  roles: readonly Role[] = ROLES,
): Promise<ReadonlyMap<string, readonly OwnForm[]>> {
  const forms = new Map<string, OwnForm[]>()
  const seen = new Set<string>()
  const add = async (path: string, cookie: string): Promise<void> => {
    const answer = await collector.page(path, cookie)
    const html = await answer.text()
    if (answer.status !== 200 || !html.includes('<form')) return
    for (const form of await formsOf(page, html, path)) {
      const { route, action } = form
      if (
        isKnown(route) ||
        OWN_ACCOUNT.test(route) ||
        accounts.some((id) => action.includes(id)) ||
        seen.has(`${route} ${action}`)
      )
        continue
      seen.add(`${route} ${action}`)
      forms.set(route, [...(forms.get(route) ?? []), { ...form, cookie }])
    }
  }
  for (const role of roles) {
    const cookie = cookies[role]
    for (const path of [...(await pathsOf(collector, { name: role, cookie })), ...MORE])
      if (!path.endsWith('.pdf')) await add(path, cookie)
  }
  await add('/sign-in', '')
  await add(await freshLink(collector, seen.size), '')
  return forms
}

function freshLink(collector: HostileSchool['collector'], number: number): Promise<string> {
  const asked = {
    name: 'Guest',
    email: `guest-${number}@school.test`,
    roles: ['governor'],
  } as const
  return signInByCode(collector)
    .then((cookie) => postRoles(collector, cookie, { ...asked, roles: ['governor'] }))
    .then(linkOf)
}
