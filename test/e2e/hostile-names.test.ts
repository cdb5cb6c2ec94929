/** The page of each device whose name is an attack, in a real browser on a phone's width. */
import t from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { openPage } from '../support/console-page.ts'
import { device, deviceReport } from '../support/device-rows.ts'
import { HOSTILE_NAMES, hostileDevices } from '../support/hostile-devices.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

t.test(
  'names that are attacks do nothing',
  { skip: browserMissing, timeout: 170_000 },
  async (t) => {
    const collector = await runCollector(shortFolder(t))
    t.teardown(() => collector.close())
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const box = collector.client()
    t.equal((await box.postDevices(deviceReport(box.appliance, hostileDevices()))).status, 204)
    const viewport = { width: 390, height: 844 }
    const { page, dialogs } = await openPage(t, browser, { collector, viewport })
    for (const [index, name] of HOSTILE_NAMES.entries()) {
      await page.goto(`${collector.consoleUrl}/devices/${device(index).id}`)
      await page.locator('h1').waitFor()
      t.equal(await page.title(), 'Device – SuperCloud Edge')
      t.equal(await page.locator('main script, main iframe, main img, main math').count(), 0)
      const scrolls = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
      t.notOk(scrolls, `nothing scrolls sideways with ${JSON.stringify(name.slice(0, 20))}`)
      if (name.startsWith('שלום'))
        t.match(await page.locator('h1').innerText(), 'שלום עולם', 'is read')
    }
    t.same(dialogs, [], 'nothing ran')
  },
)
