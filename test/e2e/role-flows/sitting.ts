/** Somebody before a screen, with a keyboard: from the mail that came to them to the page that it leads to, and away again. */
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { type Keyboard, makeKeyboard } from '../../support/keyboard.ts'
import { appCode, PASSWORD, type Person } from '../../support/people.ts'
import type { ToldSchool } from '../../support/told-school.ts'

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
export interface Way {
  readonly way: string
  readonly viewport: { readonly width: number; readonly height: number }
  readonly hasScript: boolean
}

export const WAYS: readonly [Way, Way, Way, Way] = [
  { way: 'a phone', viewport: PHONE, hasScript: true },
  { way: 'a desktop', viewport: DESKTOP, hasScript: true },
  { way: 'a phone without script', viewport: PHONE, hasScript: false },
  { way: 'a desktop without script', viewport: DESKTOP, hasScript: false },
]
/** An app shows another code, and no code counts twice. */
const CODE_MS = 30_000

export interface Sitting {
  readonly page: Page
  readonly keyboard: Keyboard
  /** Opens a mail, which is a page of another site as in webmail, and follows its link. */
  readonly openMail: (link: string) => Promise<void>
  readonly signIn: (person: Person) => Promise<void>
  /** Somebody else, at the same screen, whose mail opens in the browser: signs in, and is at its alert. */
  readonly comeBy: (link: string, person: Person) => Promise<void>
  /** What the page says. */
  readonly text: () => Promise<string>
}

/** One page for one way of looking. */
export async function sitDown(
  t: Test,
  browser: Browser,
  school: ToldSchool,
  { viewport, hasScript }: Way,
): Promise<Sitting> {
  const page = await browser.newPage({ viewport, javaScriptEnabled: hasScript })
  page.on('pageerror', (error) => t.fail(`page threw: ${error.message}`))
  const keyboard = makeKeyboard(page)
  t.teardown(() => page.close())
  const openMail = async (link: string): Promise<void> => {
    await page.goto('about:blank')
    await page.setContent(`<title>Mail</title><p>Open it here: <a href="${link}">${link}</a>`)
    await keyboard.follow(link)
    // Webmail brings no cookie with it: a page of ours passes them on.
    await page.locator('h1', { hasNotText: 'One moment' }).waitFor()
    await page.waitForLoadState()
  }
  const signIn = async (person: Person): Promise<void> => {
    school.clock.advance(CODE_MS)
    await keyboard.write('E-mail address', person.email)
    await keyboard.write('Password', PASSWORD)
    await keyboard.write('Code from your app', appCode(school.collector, person.secret))
    await keyboard.follow('Sign in')
  }
  return {
    page,
    keyboard,
    openMail,
    signIn,
    comeBy: async (link, person) => {
      await page.context().clearCookies()
      await page.goto(link)
      await signIn(person)
      t.equal(page.url(), link, `${person.email} is at what the message is about`)
    },
    text: () => page.locator('main').innerText(),
  }
}
