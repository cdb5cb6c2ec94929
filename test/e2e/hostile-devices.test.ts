/** Lists and pages full of names that are attacks, in a real browser: nothing runs, nothing breaks, and everybody can read them. */
import t from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe, openPage } from '../support/console-page.ts'
import {
  device,
  deviceReport,
  devices,
  NO_COUNTS,
  network,
  networksTold,
} from '../support/device-rows.ts'
import { HOSTILE_NAMES, hostileDevices } from '../support/hostile-devices.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const IMG = HOSTILE_NAMES[1] ?? ''

for (const [width, viewport] of [
  ['desktop', { width: 1280, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const)
  t.test(
    `names that are attacks, at ${width} width`,
    { skip: browserMissing, timeout: 170_000 },
    async (t) => {
      const collector = await runCollector(shortFolder(t))
      t.teardown(() => collector.close())
      const browser = await launchBrowser()
      t.teardown(() => browser.close())
      const box = collector.client({ name: IMG })
      const rows = [...hostileDevices(), ...devices(75).slice(HOSTILE_NAMES.length)]
      t.equal((await box.postDevices(deviceReport(box.appliance, rows, { networks }))).status, 204)
      const { page, dialogs } = await openPage(t, browser, { collector, viewport })
      const isHarmless = async (path: string) => {
        await page.goto(collector.consoleUrl + path)
        await page.locator('h1').waitFor()
        const foreign = page.locator(
          'main script, main iframe, main img, main math, main [onload], main [onerror]',
        )
        t.equal(await foreign.count(), 0, `${path} has nothing of theirs`)
        t.same(await page.evaluate(FOREIGN_ATTRIBUTES), [], `${path} has no attribute of theirs`)
        const scrolls = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        t.notOk(scrolls, `${path} does not scroll sideways`)
      }
      for (const path of [
        '/devices',
        `/devices?text=${encodeURIComponent(IMG)}&group=${encodeURIComponent(IMG)}&only=new`,
        `/devices/${device(15).id}`,
        `/devices/${device(41).id}`,
        '/networks',
        '/guide',
      ]) {
        await isHarmless(path)
        await checkAxe(t, page, `${width}${path.slice(0, 40).replaceAll(/[^a-z0-9]/g, '-')}`)
      }
      t.same(dialogs, [], 'nothing ran')
    },
  )

/** Handlers, tooltips, and links that run. */
const FOREIGN_ATTRIBUTES = `[...document.querySelectorAll('*')].flatMap((element) =>
  [...element.attributes]
    .filter(({ name, value }) => /^(?:on|style$|title$)/.test(name) || (name !== 'value' && /^\\s*(?:javascript|data):/i.test(value)))
    .map(({ name, value }) => element.tagName + ' ' + name + '=' + value.slice(0, 60)))`

const networks = networksTold({
  networks: [
    network({ addresses: { certain: 40, strong: 22, fair: 10, weak: 4, none: 12 } }),
    network({ network: '2001:db8:20::/64', name: IMG, group: IMG }),
    network({
      network: '203.0.113.0/24',
      hiddenSchool: { by: 'share', address: '203.0.113.10', share: 0.91, since: Date.now() },
    }),
    network({ network: 'other', name: 'W'.repeat(64), addresses: { ...NO_COUNTS, none: 2 } }),
  ],
})
