/** The pages of whoever looks after children, in a real browser: readable on a phone, without script, and by everybody. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe, comeAs, openPage } from '../support/console-page.ts'
import { makePerson } from '../support/people.ts'
import { makePushSubscriber } from '../support/push-subscription.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'
import { until } from '../support/until.ts'
import { tellAlerts } from './screenshot-alerts.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
const PATHS = [
  '/',
  '/alerts',
  '/alerts?severity=low',
  '/alerts?text=nobody',
  '/themes',
  '/digest',
  '/report',
  '/report?from=2026-03-02&to=2026-03-01',
  '/notices',
]

async function collectorOf(t: Test) {
  const folder = shortFolder(t)
  const peopleFile = join(folder, 'people.json')
  const settings = {
    console: 'http://127.0.0.1:9',
    email: { host: 'localhost', port: 9, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people: [{ id: 'dsl', name: 'The lead', roles: ['dsl'], email: 'dsl@example.org' }],
  }
  writeFileSync(peopleFile, JSON.stringify(settings))
  const limits = { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 } }
  const collector = await runCollector(folder, { peopleFile, limits })
  t.teardown(() => collector.close())
  await tellAlerts(collector.client({ name: 'Westgate College' }), Date.now())
  const { cookie } = await makePerson(collector, {
    roles: ['dsl', 'it'],
    name: 'D. Lead',
    email: 'dsl@example.org',
  })
  await makePerson(collector, { roles: ['pastoral'], name: 'T. Tutor' })
  const list = async () => (await collector.page('/alerts', cookie)).text()
  await until('all stand', async () => /3 alerts<[\s\S]*: 2 Low/.test(await list()), 20_000)
  return { collector, cookie }
}

t.test('alerts in a browser', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const { collector, cookie } = await collectorOf(t)
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const checked = async (t: Test, page: Page, name: string): Promise<void> => {
    await checkAxe(t, page, name)
    const scrolls = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    t.notOk(scrolls, `${name} does not scroll sideways`)
  }
  for (const [width, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const)
    await t.test(`no page has an accessibility violation at ${width} width`, async (t) => {
      const { page } = await openPage(t, browser, { collector, viewport, cookie })
      for (const path of PATHS) {
        await page.goto(collector.consoleUrl + path)
        await checked(t, page, `${width}${path.replaceAll(/[^a-z]+/g, '-')}`)
      }
      await page.goto(`${collector.consoleUrl}/report`)
      await page.locator('[data-weeks] canvas').first().waitFor()
      await page.getByText('The same in figures').click()
      await page.getByRole('columnheader', { name: 'All', exact: true }).last().waitFor()
      await checked(t, page, `${width}-report-drawn`)
      t.ok(await page.evaluate(`document.fonts.check('1em "Atkinson Hyperlegible Next"')`))
      await page.goto(`${collector.consoleUrl}/alerts`)
      await page.getByText(/For the weekly digest: 2 Low/).click()
      await checked(t, page, `${width}-alerts-open`)
      await page.getByRole('link', { name: 'Suicide', exact: true }).first().click()
      await page.getByRole('heading', { level: 1, name: 'Suicide' }).waitFor()
      await page.evaluate(
        "document.querySelectorAll('.edge-step').forEach((step) => step.setAttribute('open', ''))",
      )
      await checked(t, page, `${width}-alert`)
      await page.context().close()
    })

  await t.test('a Low alert is closed with two clicks, and all works without script', async (t) => {
    const { page } = await openPage(t, browser, {
      collector,
      cookie,
      viewport: PHONE,
      javaScriptEnabled: false,
    })
    await page.goto(`${collector.consoleUrl}/alerts?severity=low`)
    await page.getByRole('link', { name: 'Ways round the filter' }).first().click()
    await page.getByRole('button', { name: 'No concern', exact: true }).click()
    await page.getByText('Closed', { exact: true }).first().waitFor()
    await page.goto(`${collector.consoleUrl}/alerts?severity=low`)
    await page.getByRole('link', { name: 'Ways round the filter' }).first().click()
    await page.getByRole('button', { name: 'No concern', exact: true }).click()
    await page.goto(`${collector.consoleUrl}/alerts?severity=low`)
    t.match(await page.locator('main').innerText(), /No alert matches these filters/)

    await page.goto(`${collector.consoleUrl}/alerts`)
    await page.getByRole('link', { name: 'Suicide', exact: true }).first().click()
    await page.getByRole('button', { name: 'I have seen it' }).click()
    await page.getByText('Add a note').click()
    await page.getByLabel('Note').fill('spoke with the tutor')
    await page.getByRole('button', { name: 'Keep this note' }).click()
    await page.getByText('D. Lead (dsl@example.org): spoke with the tutor').waitFor()
    await page.locator('summary', { hasText: 'Assign' }).click()
    await page.getByLabel('To whom?').first().selectOption({ index: 1 })
    await page.getByRole('button', { name: 'Assign', exact: true }).click()
    await page.getByText(/to person-\d+@school\.test/).waitFor()
    await page.goto(`${collector.consoleUrl}/notices`)
    t.match(await page.locator('main').innerText(), /needs JavaScript/)
    await page.context().close()
  })

  await t.test('others see their own first page, on a phone', async (t) => {
    for (const [role, heading] of [
      ['pastoral', /Nothing needs you|not everything was heard/],
      ['governor', /Half-term report/],
      ['it', /Appliances/],
      ['auditor', /Audit/],
    ] as const) {
      const own = await collector.signInAs(role)
      const { page } = await openPage(t, browser, {
        collector,
        viewport: PHONE,
        cookie: own,
        at: '/',
      })
      t.match(await page.locator('h1').innerText(), heading)
      await checked(t, page, `phone-first-${role}`)
      await page.goto(`${collector.consoleUrl}/notices`)
      const told =
        role === 'pastoral' ? /of alerts that are assigned to you/ : /You are not told yet/
      t.match(await page.locator('main').innerText(), told)
      await checked(t, page, `phone-notices-${role}`)
      await page.context().close()
    }
  })

  await t.test('a browser is offered notices where it may have them', async (t) => {
    const { page } = await openPage(t, browser, { collector, viewport: PHONE, cookie })
    await page.goto(`${collector.consoleUrl}/notices`)
    await page.waitForFunction("document.body.classList.contains('js-enabled')")
    const state = await page.evaluate('Notification.permission')
    if (state === 'denied')
      t.match(await page.locator('[data-push-says]').innerText(), /you have forbidden them/)
    else await page.getByRole('button', { name: 'Switch notices on' }).waitFor()
    t.equal(
      await page.evaluate(
        "navigator.serviceWorker.register('/assets/service-worker.js').then((r) => new URL(r.scope).pathname)",
      ),
      '/assets/',
      'the service worker is taken by the browser',
    )
    await page.context().close()
  })

  await t.test('what the browser gives is kept; what it refuses is said', async (t) => {
    const context = await browser.newContext({ viewport: PHONE })
    await context.grantPermissions(['notifications'], { origin: collector.consoleUrl })
    const page = await context.newPage()
    await comeAs(collector, page, { cookie })
    const ask = async (): Promise<void> => {
      await page.goto(`${collector.consoleUrl}/notices`)
      await page.getByLabel('What is this browser?').fill('my <b>phone</b>')
      await page.getByRole('button', { name: 'Switch notices on' }).click()
    }
    // A browser of a test has no push service, and says so.
    await ask()
    await page.getByText(/Notices could not be switched on: /).waitFor()
    t.match(await page.locator('main').innerText(), /Your browsers that are told\s+None/)
    const given = { endpoint: 'https://localhost/push/abc', keys: makePushSubscriber().keys }
    await page.addInitScript(
      `PushManager.prototype.subscribe = (options) => {
        if (options.applicationServerKey.length !== 65) throw new Error('no key')
        return Promise.resolve({ toJSON: () => (${JSON.stringify(given)}) })
      }`,
    )
    await ask()
    await page.getByRole('button', { name: 'Tell it no more' }).waitFor()
    t.match(
      await page.locator('main').innerText(),
      /told as The lead[^]*my <b>phone<\/b>\s+By localhost/,
    )
    await page.getByRole('button', { name: 'Tell it no more' }).click()
    await page.getByText('None.', { exact: true }).waitFor()
    await context.close()
  })
})
