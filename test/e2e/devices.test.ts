/** Devices and networks as people use them: a real collector, a real browser. */
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { DeviceRow } from '#domain/device-report.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe, goByMenu, openPage } from '../support/console-page.ts'
import {
  device,
  deviceReport,
  devices,
  known,
  NO_COUNTS,
  network,
  networksTold,
} from '../support/device-rows.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
const LIVE_MS = 5000

async function lab(t: Test) {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const box = collector.client({ name: 'Northfield Primary' })
  const tell = async (rows: readonly DeviceRow[], told = networksTold()) => {
    const report = deviceReport(box.appliance, rows, { networks: told })
    t.equal((await box.postDevices(report)).status, 204)
  }
  return { collector, browser, box, tell }
}

t.test(
  'open pages fill by themselves, and say so',
  { skip: browserMissing, timeout: 170_000 },
  async (t) => {
    const { collector, browser, tell } = await lab(t)
    const { page } = await openPage(t, browser, { collector, viewport: DESKTOP })
    const news = page.locator('#live-news')
    await page.goto(`${collector.consoleUrl}/devices`)
    await page.getByRole('heading', { name: 'No box has told of its devices yet' }).waitFor()
    await checkAxe(t, page, 'devices-none')
    await page.evaluate(() => Reflect.set(globalThis, 'notReloaded', true))
    await tell([])
    await page
      .getByRole('heading', { name: 'No device has asked yet' })
      .waitFor({ timeout: LIVE_MS })
    await checkAxe(t, page, 'devices-empty')
    await tell([device(1)])
    await page.getByRole('link', { name: 'device-1' }).waitFor({ timeout: LIVE_MS })
    t.equal(await news.innerText(), 'The list of devices was updated.')
    t.equal(await page.evaluate(() => Reflect.get(globalThis, 'notReloaded')), true)
    await page.getByRole('link', { name: 'device-1' }).click()
    await page.getByRole('heading', { level: 1, name: 'device-1' }).waitFor()
    await tell([device(1, { name: known('reception desk', 95, 'owners') })])
    await page
      .getByRole('heading', { level: 1, name: 'reception desk' })
      .waitFor({ timeout: LIVE_MS })
    t.equal(await news.innerText(), 'This device was updated.')
    await page.goto(`${collector.consoleUrl}/networks`)
    await page.getByText('The same in figures').click()
    const better = network({ addresses: { ...NO_COUNTS, certain: 8, none: 2 } })
    await tell([device(1)], networksTold({ networks: [better] }))
    await page.getByText('80% of 10 addresses').waitFor({ timeout: LIVE_MS })
    t.ok(
      await page.getByRole('columnheader', { name: 'Queries' }).isVisible(),
      'what was open stays open',
    )
  },
)

t.test(
  'everything works with JavaScript off',
  { skip: browserMissing, timeout: 170_000 },
  async (t) => {
    const { collector, browser, tell } = await lab(t)
    const hiddenSchool = {
      by: 'share',
      address: '203.0.113.10',
      share: 0.91,
      since: Date.now(),
    } as const
    await tell(devices(130), networksTold({ networks: [network({ hiddenSchool })] }))
    const { page } = await openPage(t, browser, {
      collector,
      viewport: PHONE,
      javaScriptEnabled: false,
    })
    const main = page.locator('main')
    await goByMenu(page, 'Devices')
    t.match(await main.innerText(), /1 to 50 of 130 devices/)
    await page.getByRole('link', { name: 'Next' }).click()
    t.match(await main.innerText(), /51 to 100 of 130 devices/)
    await page.getByLabel('Name, person or address').fill('device-12')
    await page.getByLabel('How sure').selectOption('fair')
    await page.getByRole('button', { name: 'Apply filters' }).click()
    t.match(page.url(), /text=device-12.*band=fair/)
    t.match(await main.innerText(), /11 devices match, of 130/)
    await page.getByRole('link', { name: 'Remove this filter Fair' }).click()
    t.notMatch(page.url(), /band/)
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: /Download as CSV/ }).click()
    const file = await download
    t.equal(file.suggestedFilename(), 'devices.csv')
    t.equal(
      readFileSync(await file.path(), 'utf8')
        .trim()
        .split('\r\n').length,
      12,
      'what matches',
    )
    await page.getByLabel('Name, person or address').fill('')
    await page.getByLabel('Goes round the filter').check()
    await page.getByLabel('New in the last 24 hours').check()
    await page.getByRole('button', { name: 'Apply filters' }).click()
    t.match(page.url(), /only=new&only=round/)
    t.match(await main.innerText(), /No device matches these filters/)
    await page.getByRole('link', { name: 'Networks', exact: true }).click()
    t.match(await main.innerText(), /A hidden school/)
    await page.getByText('The same in figures').first().click()
    await page.getByRole('columnheader', { name: 'Queries' }).waitFor()
    await main.getByRole('link', { name: /^How/ }).first().click()
    t.match(page.url(), /\/guide#the-hidden-school/)
    await goByMenu(page, 'Appliances')
    await page.getByRole('link', { name: /^Its devices/ }).click()
    await page.getByRole('link', { name: 'device-0', exact: true }).click()
    t.match(await main.innerText(), /What would make it better known/)
  },
)
