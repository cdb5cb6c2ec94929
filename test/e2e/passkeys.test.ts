/** A passkey in a real browser, from adding it to removing it: the device is the browser's own, virtual one. */
import type { CDPSession, Page } from 'playwright-core'
import t from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe } from '../support/console-page.ts'
import { makeFakeWallClock } from '../support/fake-wall-clock.ts'
import { makeKeyboard } from '../support/keyboard.ts'
import { makePerson } from '../support/people.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const PHONE = { width: 390, height: 844 }
const DESKTOP = { width: 1280, height: 900 }
const DEVICE = {
  protocol: 'ctap2',
  transport: 'internal',
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const

/** Without what newer browsers have for passkeys in JSON. */
const OLDER = `for (const one of ['parseCreationOptionsFromJSON', 'parseRequestOptionsFromJSON'])
  PublicKeyCredential[one] = undefined
PublicKeyCredential.prototype.toJSON = undefined`

t.test(
  'a passkey is added, signs in, proves, and is removed',
  { skip: browserMissing },
  async (t) => {
    const clock = makeFakeWallClock()
    const collector = await runCollector(shortFolder(t), { clock })
    t.teardown(() => collector.close())
    const ada = await makePerson(collector, { roles: ['dsl'], email: 'ada@school.test' })
    const url = collector.consoleUrl.replace('127.0.0.1', 'localhost')
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    page.on('pageerror', (error) => t.fail(`page threw: ${error.message}`))
    const device = await context.newCDPSession(page)
    await device.send('WebAuthn.enable')
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: DEVICE,
    })
    const seen = async (name: string): Promise<void> => {
      await checkAxe(t, page, `passkeys-${name}`)
      const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      t.notOk(wide, `${name} does not scroll sideways`)
    }
    const [name = '', value = ''] = ada.cookie.split('=', 2)
    await context.addCookies([{ name, value, url, httpOnly: true }])

    await page.goto(`${url}/account`)
    await page.getByRole('link', { name: 'Add a passkey' }).click()
    t.match(await page.locator('main').innerText(), /You have none yet/)
    await seen('none')
    await page.getByLabel('What is it on?').fill('My <b>phone</b>')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('My <b>phone</b>', { exact: true }).waitFor()
    t.match(await page.locator('main').innerText(), /Not used yet/)
    await seen('one')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('This device has a passkey for your account already.').waitFor()

    await page.getByRole('button', { name: 'Sign out' }).click()
    await seen('sign-in')
    await signIn(page, url)
    t.match(await page.locator('body').innerText(), /Your account/)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.goto(`${url}/alerts?state=closed`)
    t.match(page.url(), /\/sign-in\?to=/)
    await signIn(page, url, '/alerts?state=closed')

    clock.advance(6 * 60_000)
    await page.goto(`${url}/ways-in`)
    t.match(page.url(), /\/prove\?to=/)
    await seen('prove')
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.waitForURL(`${url}/ways-in`)
    t.match(await page.locator('main').innerText(), /Last used/)

    await page.getByRole('button', { name: 'Sign out' }).click()
    await goBack(device, authenticatorId)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('link', { name: /seems to be a copy/ }).waitFor()
    await seen('copy')
    const audit = await (await collector.page('/audit', await collector.signIn())).text()
    t.match(audit, /its counter went back/)

    await goBack(device, authenticatorId, 100)
    await signIn(page, url)
    await remove(page, url)

    await page.addInitScript({ content: OLDER })
    await page.goto(`${url}/ways-in`)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('A passkey', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn(page, url)
    t.pass('an older browser, that makes no JSON of passkeys, can do as much')
    await remove(page, url)
    await page.getByRole('button', { name: 'Sign out' }).click()
    t.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0)
  },
)

t.test(
  'by keyboard alone a passkey signs in to the page that was asked for',
  { skip: browserMissing },
  async (t) => {
    const collector = await runCollector(shortFolder(t))
    t.teardown(() => collector.close())
    const { cookie } = await makePerson(collector, { roles: ['dsl'] })
    const [name = '', value = ''] = cookie.split('=', 2)
    const url = collector.consoleUrl.replace('127.0.0.1', 'localhost')
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    for (const viewport of [PHONE, DESKTOP]) {
      const context = await browser.newContext({ viewport })
      await context.addCookies([{ name, value, url, httpOnly: true }])
      const page = await context.newPage()
      const device = await context.newCDPSession(page)
      await device.send('WebAuthn.enable')
      await device.send('WebAuthn.addVirtualAuthenticator', { options: DEVICE })
      const keyboard = makeKeyboard(page)
      const wide = `${viewport.width} pixels`
      await page.goto(`${url}/ways-in`)
      await keyboard.skip()
      await keyboard.write('What is it on?', wide)
      await page.keyboard.press('Enter')
      await page.getByText(wide, { exact: true }).waitFor()

      await context.clearCookies()
      await page.goto(`${url}/alerts?state=closed&severity=high`)
      t.match(page.url(), /\/sign-in\?to=/)
      await keyboard.skip()
      const presses = await keyboard.reach('Sign in with a passkey')
      t.equal(presses, 1, `${wide}: it is the first that comes`)
      await page.keyboard.press('Enter')
      await page.waitForURL(`${url}/alerts?state=closed&severity=high`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      t.same(keyboard.problems(), [], `${wide}: the focus is always seen`)

      await context.clearCookies()
      await page.goto(`${url}/themes`)
      await keyboard.reach('Sign in with a passkey')
      await page.keyboard.press('Space')
      await page.waitForURL(`${url}/themes`)
      await context.close()
    }
  },
)

t.test(
  'without script, and by an address, a page says why there are none',
  { skip: browserMissing },
  async (t) => {
    const collector = await runCollector(shortFolder(t))
    t.teardown(() => collector.close())
    const { cookie } = await makePerson(collector, { roles: ['dsl'] })
    const [name = '', value = ''] = cookie.split('=', 2)
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const localhost = collector.consoleUrl.replace('127.0.0.1', 'localhost')
    for (const [url, javaScriptEnabled, why] of [
      [localhost, false, /needs JavaScript/],
      [collector.consoleUrl, true, /opened by an address, 127\.0\.0\.1/],
    ] as const) {
      const context = await browser.newContext({ javaScriptEnabled })
      await context.addCookies([{ name, value, url, httpOnly: true }])
      const page = await context.newPage()
      await page.goto(`${url}/ways-in`)
      t.match(await page.locator('main').innerText(), why)
      t.equal(await page.getByRole('button', { name: 'Add a passkey' }).count(), 0)
      await context.close()
    }
  },
)

async function signIn(page: Page, url: string, to = '/'): Promise<void> {
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.waitForURL(url + to)
}

async function remove(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/ways-in`)
  await page.getByRole('button', { name: /^Remove/ }).click()
  await page.getByText('You have none yet').waitFor()
}

/** The device's only passkey as a copy from earlier, or later, would have it. */
async function goBack(device: CDPSession, authenticatorId: string, signCount = 0): Promise<void> {
  const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId })
  for (const credential of credentials) {
    const { credentialId } = credential
    await device.send('WebAuthn.removeCredential', { authenticatorId, credentialId })
    const copy = { ...credential, signCount }
    await device.send('WebAuthn.addCredential', { authenticatorId, credential: copy })
  }
}
