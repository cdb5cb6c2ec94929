/** From the link of a message to a closed alert, as each role whose alerts there are: by keyboard alone, on a phone and on a desktop, with script and without. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { EventBody } from '#domain/event.ts'
import type { CategoryId } from '#rules/category-ids.ts'
import { blocked, signal } from '../support/alert-lab.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { type Keyboard, makeKeyboard } from '../support/keyboard.ts'
import { appCode, makePerson, PASSWORD, type Person } from '../support/people.ts'
import { type ToldSchool, toldSchool } from '../support/told-school.ts'

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
const WAYS = [
  ['a phone', PHONE, true],
  ['a desktop', DESKTOP, true],
  ['a phone without script', PHONE, false],
  ['a desktop without script', DESKTOP, false],
] as const
const LEAD = 'lead@school.test'

t.test('from a message to a closed alert', { skip: browserMissing, timeout: 60_000 }, async (t) => {
  const school = await toldSchool(t, [{ id: 'lead', roles: ['dsl'], email: LEAD }])
  const { collector, clock } = school
  const lead = await makePerson(collector, { roles: ['dsl'], email: LEAD })
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  for (const [index, [way, viewport, javaScriptEnabled]] of WAYS.entries())
    await t.test(`as the safeguarding lead, on ${way}`, async (t) => {
      clock.advance(2 * 60_000)
      const link = await school.linkAfter(
        LEAD,
        graveLookup(school, 'harm.suicide', `pupil.${index}`),
      )
      const page = await browser.newPage({ viewport, javaScriptEnabled })
      const keyboard = makeKeyboard(page)
      await openMail(page, keyboard, link)
      await signInBy(school, page, keyboard, lead)
      t.equal(page.url(), link, 'signed in, at the alert itself')
      await handle(t, page, keyboard)
      t.same(keyboard.problems(), [])
      await page.close()
    })
})

function graveLookup({ clock }: ToldSchool, category: CategoryId, user: string): EventBody {
  const at = clock.wallMs() - 60_000
  return blocked({ category, at, user, signal: signal({ points: 60, intent: 100 }) })
}

/** A mail is a page of another site, as in webmail. */
async function openMail(page: Page, keyboard: Keyboard, link: string): Promise<void> {
  await page.goto('about:blank')
  await page.setContent(
    `<html lang="en"><title>Mail</title><p>Open it here: <a href="${link}">${link}</a></p></html>`,
  )
  await keyboard.follow(link)
}

async function signInBy(
  school: ToldSchool,
  page: Page,
  keyboard: Keyboard,
  person: Person,
): Promise<void> {
  await page.getByLabel('E-mail address').waitFor()
  school.clock.advance(30_000)
  await keyboard.write('E-mail address', person.email)
  await keyboard.write('Password', PASSWORD)
  await keyboard.write('Code from your app', appCode(school.collector, person.secret))
  await keyboard.follow('Sign in')
}

async function handle(t: Test, page: Page, keyboard: Keyboard): Promise<void> {
  await keyboard.skip()
  const first = await keyboard.follow('I have seen it')
  t.equal(first, 1, 'what comes next is the first thing of the page')
  await keyboard.skip()
  await keyboard.unfold('Add a note')
  await keyboard.write('Note', 'spoke with the tutor')
  await keyboard.follow('Keep this note')
  await keyboard.skip()
  await keyboard.unfold('Close')
  await keyboard.choose('What was it?', 'No concern')
  await keyboard.write('Why?', 'homework')
  await keyboard.write('What was done?', 'spoke with them')
  await keyboard.write('What came of it?', 'all is well')
  await keyboard.follow('Close this alert')
  t.match(await page.locator('main').innerText(), /State\s+Closed/)
}
