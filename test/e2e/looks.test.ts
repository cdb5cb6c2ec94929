/** How pages stand on screens and on paper: the menu in its row, folded on a phone, and prints without what is pressed. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { ALERT_LIMITS } from '#collector/config/alert-limits.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { openPage } from '../support/console-page.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'
import { until } from '../support/until.ts'
import { tellAlerts } from './screenshot-alerts.ts'
import { tellDevices } from './screenshot-devices.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
/** What a sheet of A4 leaves between its margins, in the pixels of a style sheet. */
const PAPER = { width: 718, height: 1000 }

t.test('how the console looks', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const limits = { alerts: { ...ALERT_LIMITS, collectMs: 0, signalWaitMs: 0 } }
  const collector = await runCollector(shortFolder(t), { limits })
  t.teardown(() => collector.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const box = collector.client({ name: 'Westgate College' })
  await tellAlerts(box, Date.now())
  await tellDevices(box, Date.now())
  const cookie = await collector.signIn()
  const list = async () => (await collector.page('/alerts', cookie)).text()
  await until('all stand', async () => /3 alerts</.test(await list()), 20_000)

  await t.test('every entry of the menu stands in one row below the name', async (t) => {
    const { page } = await openPage(t, browser, { collector, viewport: DESKTOP, cookie })
    const entries = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').all()
    t.ok(entries.length >= 11, `${entries.length} entries`)
    const tops = await Promise.all(entries.map(async (one) => (await one.boundingBox())?.y))
    t.equal(new Set(tops).size, 1, `all at ${tops[0]}`)
    const leave = await page.getByRole('button', { name: 'Sign out' }).boundingBox()
    t.ok(leave && leave.y + leave.height <= (tops[0] ?? 0), 'the way out stands above them')
    t.ok(leave && leave.height < 45, 'and its words do not wrap')
    await page.context().close()
  })

  await t.test('between a phone and a wide screen nothing stands at the very edge', async (t) => {
    const { page } = await openPage(t, browser, { collector, viewport: DESKTOP, cookie })
    for (const width of [641, 1019, 1021, 1100, 1263, 1265, 1400]) {
      await page.setViewportSize({ width, height: 900 })
      const box = await page.locator('h1').boundingBox()
      t.ok(box && box.x >= 15, `${width} pixels: begins at ${box?.x}`)
      const scrolls = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      t.notOk(scrolls, `${width} pixels: nothing sticks out`)
    }
    await page.context().close()
  })

  await t.test('on a phone the menu folds, without script too', async (t) => {
    const { page } = await openPage(t, browser, {
      collector,
      viewport: PHONE,
      cookie,
      javaScriptEnabled: false,
    })
    const links = page.getByRole('navigation', { name: 'Main' }).getByRole('link')
    t.equal(await links.count(), 0, 'folded at first')
    const header = await page.locator('header').boundingBox()
    t.ok(header && header.height < 130, `${header?.height} pixels before the page begins`)
    await page.getByText('Menu', { exact: true }).click()
    t.ok((await links.count()) >= 11)
    for (const one of await links.all()) {
      const place = await one.boundingBox()
      t.ok(place && place.height >= 24 && place.x + place.width <= PHONE.width, 'within reach')
    }
    await links.filter({ hasText: 'Themes' }).click()
    t.match(page.url(), /\/themes$/)
    await page.context().close()
  })

  await t.test('paper shows what is read, opened, and nothing that is pressed', async (t) => {
    const { page } = await openPage(t, browser, { collector, viewport: PAPER, cookie })
    await page.goto(`${collector.consoleUrl}/alerts`)
    await page.getByRole('link', { name: 'Suicide', exact: true }).first().click()
    await page.getByRole('heading', { level: 1, name: 'Suicide' }).waitFor()
    await page.emulateMedia({ media: 'print' })
    const alert = new URL(page.url()).pathname
    for (const path of [alert, '/alerts', '/events', '/themes', '/digest', '/report', '/devices']) {
      await page.goto(collector.consoleUrl + path)
      await page.waitForFunction("document.body.classList.contains('js-enabled')")
      t.same(await printedAmiss(page), [], path)
    }
    await page.context().close()
  })
})

/** What does not belong on paper, in words. */
async function printedAmiss(page: Page): Promise<readonly unknown[]> {
  const found: unknown = await page.evaluate(`(() => {
    const isShown = (one) => one.getClientRects().length > 0
    const shown = (selector) => [...document.querySelectorAll(selector)].filter(isShown)
    const folded = shown('main details:not([open])').filter(
      (one) => one.lastElementChild.getBoundingClientRect().height === 0)
    const spelled = shown('a').filter((one) => !['none', 'normal'].includes(getComputedStyle(one, '::after').content))
    return [
      ...shown('header, footer, nav, form, button, input, select, textarea').map((one) => 'pressed: ' + one.outerHTML.slice(0, 80)),
      ...folded.map((one) => 'folded: ' + one.textContent.slice(0, 80)),
      ...spelled.map((one) => 'spelled: ' + one.textContent),
      ...shown('main *').filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => 'too wide: ' + one.outerHTML.slice(0, 80)),
      ...(document.querySelector('main').innerText.trim().length < 100 ? ['empty'] : []),
    ]
  })()`)
  return Array.isArray(found) ? found : ['nothing was found out']
}
