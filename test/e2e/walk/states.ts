/** What no list of pages has: somebody who is not signed in, forms that were sent empty, doors that are closed. */
import type { Browser, Page } from 'playwright-core'
import type { Role } from '#collector/accounts/role.ts'
import { linkOf, PASSWORD, postRoles, signInByCode } from '#test/support/people.ts'
import type { RunningCollector } from '#test/support/running-collector.ts'
import { type Look, openLook, type Size, type Visit } from './look.ts'

export interface StatesOptions {
  readonly collector: RunningCollector
  readonly browser: Browser
  readonly size: Size
  readonly shots?: string | undefined
}

/** A form by the page it is on and its address; `fill` types what is wrong into it. */
interface WrongForm {
  readonly at: string
  readonly action: string
  readonly fill?: (page: Page) => Promise<unknown>
}

const WRONG_FORMS: readonly (readonly [Role, readonly WrongForm[]])[] = [
  [
    'dsl',
    [
      { at: '/checks/new', action: '/checks/new' },
      { at: '/decisions/new', action: '/decisions' },
      { at: '/accounts', action: '/accounts' },
      { at: '/account', action: '/account/password' },
    ],
  ],
  [
    'it',
    [
      {
        at: '/policy',
        action: '/policy/rules',
        fill: (page) => page.locator('#rule-name').fill('co.uk'),
      },
      {
        at: '/policy/timetable',
        action: '/policy/timetable',
        fill: (page) => page.locator('main textarea').first().fill('day,kind\nmoonday,lesson'),
      },
      {
        at: '/why',
        action: '/why',
        fill: (page) => page.getByLabel('Site').fill('not a site'),
      },
    ],
  ],
]
/** One more wrong guess than are free. */
const GUESSES = 6

/** Pages of somebody who has no session; the last of them is locked out. */
export async function walkSignedOut(options: StatesOptions): Promise<readonly Visit[]> {
  const { collector } = options
  const look = await openLook({ ...options, who: 'nobody', cookie: '' })
  try {
    const by = await signInByCode(collector)
    const guest = { name: 'Gil Guest', email: `guest-${options.size}@school.test` }
    const invite = linkOf(await postRoles(collector, by, { ...guest, roles: ['governor'] }))
    const visits = [
      await look.at('/sign-in'),
      await look.at('/invite/gone'),
      await look.at('/confirm/gone'),
      await atInvite(look, collector.consoleUrl + invite),
    ]
    await look.page.goto(`${collector.consoleUrl}/sign-in`)
    for (let guess = 0; guess < GUESSES; guess++) {
      await look.page.getByLabel('E-mail address').fill(`stranger-${options.size}@school.test`)
      await look.page.getByLabel('Password', { exact: true }).fill(PASSWORD)
      await look.page.getByLabel('Code from your app').fill('000000')
      await look.page.getByRole('button', { name: 'Sign in', exact: true }).click()
      if (guess === 0) visits.push(await look.now('/sign-in wrong'))
    }
    return [...visits, await look.now('/sign-in locked')]
  } finally {
    await look.close()
  }
}

/** The page of an invitation, and what it says of a password that is too short. */
async function atInvite({ page, now }: Look, url: string): Promise<Visit> {
  await page.goto(url)
  const first = await now('/invite')
  await page.locator('input[type=password]').first().fill('short')
  await page.locator('main form button[type=submit]').last().click()
  const wrong = await now('/invite wrong')
  return { path: wrong.path, problems: [...first.problems, ...wrong.problems] }
}

/** Forms sent empty or wrong, a page for others, one that is nowhere, and the question whether it is you. */
export async function walkWrong(options: StatesOptions): Promise<readonly Visit[]> {
  const visits: Visit[] = []
  for (const [role, forms] of WRONG_FORMS) {
    const cookie = await options.collector.signInAs(role)
    const look = await openLook({ ...options, who: role, cookie })
    for (const form of forms) visits.push(await sendWrong(look, options.collector, form))
    if (role === 'it')
      for (const path of ['/audit', '/nowhere', '/prove?to=/devices.csv'])
        visits.push(await look.at(path))
    await look.close()
  }
  return visits
}

async function sendWrong(
  { page, now }: Look,
  { consoleUrl }: RunningCollector,
  { at, action, fill }: WrongForm,
): Promise<Visit> {
  await page.goto(consoleUrl + at)
  await fill?.(page)
  await page.locator(`form[action="${action}"] button[type=submit]`).first().click()
  const name = `${at} wrong`
  const seen = await now(name)
  const [summaries, messages] = [
    await page.locator('.govuk-error-summary').count(),
    await page.locator('.govuk-error-message').count(),
  ]
  const isSaid = summaries === 1 && messages > 0
  return isSaid
    ? seen
    : { ...seen, problems: [...seen.problems, 'a summary and a message beside the field are due'] }
}
