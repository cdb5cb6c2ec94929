/** Linking a school's sign-in and signing in by it, in a real browser, at a real provider on another site. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe } from '../support/console-page.ts'
import { linkOf, makePerson, postRoles } from '../support/people.ts'
import { startRealProvider } from '../support/real-provider.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const CLIENT = { id: 'edge-console', secret: 'a secret of two' }

for (const isScripted of [true, false])
  t.test(
    `an owner links their sign-in and uses it, ${isScripted ? 'with' : 'without'} script`,
    { skip: browserMissing },
    async (t) => {
      const { page, url, cookie } = await school(t, isScripted)
      const seen = async (name: string): Promise<void> => {
        // Axe is script itself.
        if (isScripted) await checkAxe(t, page, `provider-${name}`)
      }
      await page.context().addCookies([cookie])
      await page.goto(`${url}/ways-in`)
      await seen('unlinked')
      await page.getByRole('link', { name: /^Link my sign-in/ }).click()
      await signInThere(page, 'ada')
      await page.getByRole('heading', { name: 'Link your sign-in?' }).waitFor()
      await seen('link')
      await page.getByRole('button', { name: 'Link it' }).click()
      await page.getByText('Not used yet').waitFor()
      await seen('linked')
      await page.getByRole('button', { name: 'Sign out' }).click()
      await seen('sign-in')
      await page.getByRole('link', { name: /^Sign in at/ }).click()
      await page.waitForURL(`${url}/`)
      t.match(
        await page.locator('body').innerText(),
        /Sign out/,
        'the provider remembers, and the page goes on by itself',
      )

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.context().clearCookies()
      await page.goto(`${url}/sign-in/provider`)
      await signInThere(page, 'eve')
      await page.getByRole('link', { name: /No account here is linked/ }).waitFor()
      await seen('unknown')
    },
  )

for (const isScripted of [true, false])
  t.test(
    `who is invited takes the account by their sign-in, and shows by it that it is them, ${isScripted ? 'with' : 'without'} script`,
    { skip: browserMissing },
    async (t) => {
      const { page, url, collector, session } = await school(t, isScripted)
      const seen = async (name: string): Promise<void> => {
        if (isScripted) await checkAxe(t, page, `provider-${name}`)
        t.ok(await page.evaluate('document.body.scrollWidth <= innerWidth'), `${name} fits`)
      }
      await page.setViewportSize({ width: 320, height: 700 })
      const invite = async (name: string): Promise<string> =>
        linkOf(
          await postRoles(collector, session, {
            name,
            email: `${name}@school.test`,
            roles: ['dsl'],
          }),
        )
      await page.goto(url + (await invite('ida')))
      await seen('invite')
      await page.getByRole('button', { name: /^Take it by signing in at/ }).click()
      await signInThere(page, 'ida')
      await page.getByRole('heading', { name: 'The account is yours' }).waitFor()
      await seen('taken')
      await page.getByRole('link', { name: 'Go on' }).click()
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('link', { name: /^Sign in at/ }).click()
      await page.waitForURL(`${url}/`)

      await page.goto(`${url}/ways-in`)
      await page.getByRole('heading', { name: 'Show that it is you' }).waitFor()
      t.equal(await page.locator('input[name="password"]').count(), 0, 'there is no password')
      await seen('prove')
      await page.getByRole('button', { name: /^Sign in again at/ }).click()
      await page.locator('input[name="login"]').fill('ida')
      await page.locator('input[name="password"]').fill('any')
      await page.locator('button[type="submit"]').click()
      await page.getByRole('heading', { name: 'Your ways to sign in' }).waitFor()
      await seen('proved')
      const asked = await page.request.get(`${url}/audit.csv`, { maxRedirects: 0 })
      t.equal(asked.status(), 200, 'and what leaves the console does')

      await page.context().clearCookies()
      await page.goto(url + (await invite('ben')))
      await page.getByRole('button', { name: /^Take it by signing in at/ }).click()
      await signInThere(page, 'eve')
      await page.getByRole('heading', { name: 'Take this account?' }).waitFor()
      await page.getByText('The two addresses are not the same').waitFor()
      await seen('take')
    },
  )

async function school(t: Test, javaScriptEnabled: boolean) {
  const folder = shortFolder(t)
  const secretFile = join(folder, 'secret')
  writeFileSync(secretFile, CLIENT.secret)
  const provider = await startRealProvider()
  t.teardown(() => provider.close())
  const { issuer } = provider
  const collector = await runCollector(folder, {
    provider: { issuer, clientId: CLIENT.id, secretFile, claim: 'sub' },
  })
  t.teardown(() => collector.close())
  const url = collector.consoleUrl.replace('127.0.0.1', 'localhost')
  provider.admit({ ...CLIENT, redirectUri: `${url}/sign-in/provider/callback` })
  const { cookie } = await makePerson(collector, { roles: ['dsl'] })
  const [name = '', value = ''] = cookie.split('=', 2)
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const context = await browser.newContext({
    javaScriptEnabled,
    viewport: { width: 390, height: 844 },
  })
  const page = await context.newPage()
  // The provider's own pages ask for a font of a stranger.
  await page.route(/googleapis/, (route) => route.abort())
  return { page, url, collector, session: cookie, cookie: { name, value, url, httpOnly: true } }
}

async function signInThere(page: Page, who: string): Promise<void> {
  await page.locator('input[name="login"]').fill(who)
  await page.locator('input[name="password"]').fill('any')
  await page.locator('button[type="submit"]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
}
