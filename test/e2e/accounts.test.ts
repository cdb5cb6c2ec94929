/** A newcomer's way in a real browser, from the code to the first account and to the next: with script by axe, and without. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { totpCode } from '#collector/accounts/totp.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { lookup } from '../support/collector-client.ts'
import { checkAxe, goByMenu, signIn } from '../support/console-page.ts'
import { PASSWORD, secretOf } from '../support/people.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const WAYS = [
  { name: 'phone', viewport: { width: 390, height: 844 }, isScripted: true },
  { name: 'desktop', viewport: { width: 1280, height: 900 }, isScripted: false },
] as const

for (const { name: way, viewport, isScripted } of WAYS)
  t.test(`people and their accounts: ${way}`, { skip: browserMissing }, async (t) => {
    const collector = await runCollector(shortFolder(t))
    t.teardown(() => collector.close())
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const context = await browser.newContext({ viewport, javaScriptEnabled: isScripted })
    const page = await context.newPage()
    await collector.client().report(lookup())
    const seen = async (name: string): Promise<void> => {
      // Axe is script itself.
      if (!isScripted) return
      await checkAxe(t, page, `${way}-${name}`)
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      t.notOk(wide, `${name} does not scroll sideways`)
    }

    await signIn(collector, page)
    t.match(await page.locator('body').innerText(), /Trying it out/)
    await page.getByRole('link', { name: 'Make the first account' }).click()
    t.match(await page.locator('main').innerText(), /Nobody has an account yet/)
    await seen('accounts-empty')
    await page.getByRole('button', { name: 'Make the account' }).click()
    t.match(await page.locator('main').innerText(), /A name is missing/)
    t.match(await page.locator('#name-error').innerText(), /A name is missing/, 'beside the field')
    await seen('accounts-problem')
    await page.getByLabel('Name').fill('Ada Lead')
    await page.getByLabel('E-mail address').fill('ada')
    await page.getByRole('button', { name: 'Make the account' }).click()
    t.match(await page.locator('#email-error').innerText(), /not an e-mail address/)
    t.equal(await page.getByLabel('Name').inputValue(), 'Ada Lead', 'what was typed stays')
    await fillAccount(page, 'Ada Lead', 'ada@school.test', 'Designated safeguarding lead')
    await seen('account-link')
    await page.getByRole('link', { name: 'take it now' }).click()
    await seen('invite')
    const secret = secretOf(await page.content())
    await page.getByLabel('The code that the app shows now').fill(totpCode(secret, Date.now()))
    await page.getByLabel('New password').fill('short')
    await page.getByLabel('The same password again').fill('short')
    await page.getByRole('button', { name: 'Set up the account' }).click()
    t.match(await page.locator('#password-error').innerText(), /at least 12 characters/)
    await seen('invite-problem')
    await page.getByLabel('The code that the app shows now').fill(totpCode(secret, Date.now()))
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByLabel('The same password again').fill(PASSWORD)
    await page.getByRole('button', { name: 'Set up the account' }).click()
    await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor()
    const [recovery = ''] = await page.locator('.edge-codes li').allInnerTexts()
    await seen('recovery')
    await page.getByRole('link', { name: 'I have kept them: go on' }).click()
    t.notMatch(await page.locator('body').innerText(), /Trying it out/)
    t.match(
      await page.locator('main').innerText(),
      /No box reports here yet|not everything was heard/,
    )
    await page.goto(`${collector.consoleUrl}/events`)
    t.match(await page.locator('main').innerText(), /Gambling/)

    await goByMenu(page, 'Accounts')
    await fillAccount(page, 'Gil Governor', 'gil@school.test', 'Governor')
    await page.goto(`${collector.consoleUrl}/accounts`)
    await page.locator('summary', { hasText: 'Change' }).click()
    await seen('accounts')
    for (const path of [
      '/account',
      '/report',
      '/audit',
      '/audit?check=yes',
      '/audit/alerts',
      '/alerts',
    ]) {
      await page.goto(collector.consoleUrl + path)
      await seen(path.replaceAll(/[^a-z]/g, '-'))
    }
    await page.goto(`${collector.consoleUrl}/prove?to=/audit.csv`)
    await seen('prove')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await seen('sign-in-with-accounts')
    await page.getByLabel('E-mail address').fill('Ada@school.test')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Code from your app').fill('000000')
    await page.getByRole('button', { name: 'Sign in' }).click()
    t.match(await page.locator('main').innerText(), /is not right/)
    await seen('sign-in-wrong')
    await page.getByLabel('E-mail address').fill('Ada@school.test')
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByLabel('Code from your app').fill(recovery)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${collector.consoleUrl}/`)
    await page.getByRole('button', { name: 'Sign out' }).click()

    await page.locator('summary', { hasText: 'Nobody can sign in' }).click()
    await page.getByLabel('Sign-in code').fill(collector.newSignInCode())
    await page.getByRole('button', { name: 'Use the code' }).click()
    t.match(await page.locator('body').innerText(), /by the one-time code alone/)
    await page.goto(`${collector.consoleUrl}/audit`)
    t.match(await page.locator('main').innerText(), /Not for your role/)
    await seen('refused')
  })

async function fillAccount(page: Page, name: string, email: string, role: string): Promise<void> {
  const form = page.locator('form[action="/accounts"]')
  await form.getByLabel('Name').fill(name)
  await form.getByLabel('E-mail address').fill(email)
  await form.getByLabel(role, { exact: true }).check()
  await form.getByRole('button', { name: 'Make the account' }).click()
  await page.getByRole('heading', { name: `A link for ${name}` }).waitFor()
}
