import { ROLES } from '#collector/accounts/role.ts'
import { makePerson, signInByCode } from '#test/support/people.ts'
import { postForm } from '#test/support/post-form.ts'
import type { RunningCollector } from '#test/support/running-collector.ts'
import { HIDDEN_PUPIL, TUTOR } from './year-of-alerts.ts'

export interface Viewer {
  readonly name: string
  /** A session, as a Cookie header. */
  readonly cookie: string
}

/** Somebody of each role, and a lead from whom a pupil is hidden, which makes every query look closer. */
export async function viewersOf(collector: RunningCollector): Promise<readonly Viewer[]> {
  const viewers: Viewer[] = []
  for (const role of ROLES) {
    const email = role === 'pastoral' ? TUTOR : `${role}@school.test`
    const { cookie } = await makePerson(collector, { roles: [role], email })
    viewers.push({ name: role, cookie })
  }
  const { cookie } = await makePerson(collector, { roles: ['dsl'], email: 'parent@school.test' })
  await hide(collector, 'parent@school.test')
  return [...viewers, { name: 'dsl, one hidden', cookie }]
}

/** By the form of the account's row. */
async function hide(collector: RunningCollector, email: string): Promise<void> {
  const cookie = await signInByCode(collector)
  const html = await (await collector.page('/accounts', cookie)).text()
  const row = html.slice(html.indexOf(email))
  const href = /action="(\/accounts\/[^"]+)\/hidden"/.exec(row)?.[1]
  if (href === undefined) throw new Error('the account has no form that hides')
  const { status } = await postForm(
    `${collector.consoleUrl}${href}/hidden`,
    { users: HIDDEN_PUPIL },
    { cookie },
  )
  if (status !== 303) throw new Error(`hiding answered ${status}`)
}
