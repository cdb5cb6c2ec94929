/** Lessons and releases that people set at the console: a real collector, a real agent, a real browser on a phone, without script. */
import t, { type Test } from 'tap'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe, comeAs, openPage } from '../support/console-page.ts'
import { ask, rcodeOf } from '../support/dns-client.ts'
import { enrolledFolder } from '../support/enrolled-folder.ts'
import { until as slowly, startPageAgent } from '../support/page-agent.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'
import { until } from '../support/until.ts'

const PHONE = { width: 390, height: 844 }
const NARROW = { width: 320, height: 700 }
const [OPEN, BLOCKED] = [0, 3]
/** Generous: what is meant to be under two seconds is measured and told. */
const IN_FORCE_MS = 10_000
const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const HEAD = 'day,kind,name,from,to\n'
/** Whenever the test runs, it is a lesson. */
const ALWAYS = HEAD + DAYS.map((day) => `${day},lesson,Double,00:00,24:00`).join('\n')
const NOW_TERM = 'kind,from,to,name\nterm,2020-01-01,2099-12-31,Ages'
const LONG_AGO = 'kind,from,to,name\nterm,2019-01-07,2019-03-29,Spring'

t.test('lessons and releases', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = await startPageAgent(t, {
    folder: enrolledFolder(t, collector.options.enrolledDir),
    files: { 'games.txt': 'games.test\n' },
    config: {
      collector: { url: collector.consoleUrl },
      networks: [{ cidr: '127.0.0.0/8', group: 'ks5' }],
      groups: {},
      lists: [
        { id: 'games', path: 'games.txt', format: 'domains', category: 'media.games' },
        { id: 'harm', path: 'harm.txt', format: 'domains', category: 'harm.selfharm' },
      ],
    },
  })
  const { agent } = box
  const rcode = async (name: string): Promise<number> =>
    rcodeOf(await ask(name, 'A', { port: agent.port }))
  const becomes = async (t: Test, wanted: number, clickedAt: number): Promise<void> => {
    await until(
      `games.test is answered ${wanted}`,
      async () => (await rcode('games.test')) === wanted,
      IN_FORCE_MS,
    )
    t.comment(`in force ${Math.round(performance.now() - clickedAt)} ms after the click`)
  }
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const cookie = await collector.signInAs('it')
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false })
  const page = await context.newPage()
  await comeAs(collector, page, { cookie, at: '/policy/timetable' })
  const open = async (path: string): Promise<void> => {
    await page.goto(collector.consoleUrl + path)
  }
  const press = async (name: string): Promise<number> => {
    const clickedAt = performance.now()
    await page.getByRole('button', { name, exact: true }).click()
    return clickedAt
  }
  const noSideways = async (t: Test): Promise<void> => {
    for (const size of [NARROW, PHONE]) {
      await page.setViewportSize(size)
      const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
      t.same(widths, [size.width, size.width], 'nothing sticks out of a phone')
    }
  }
  await slowly(async () => {
    await open('/policy/timetable')
    return page.getByText('goes by its own file', { exact: false }).nth(1).isVisible()
  }, 'the box to tell its timetable')
  const week = page.getByLabel('The week', { exact: true })
  const days = page.getByLabel('Terms and closed days', { exact: true })

  await t.test('a bad line and what the box refuses stand beside their table', async (t) => {
    t.equal(await rcode('games.test'), BLOCKED, 'without a timetable, always')
    await week.fill(`${HEAD}moday,lesson,Double,09:00,10:00`)
    await page.getByLabel('Why', { exact: true }).fill('new timetable')
    await press('Save')
    await page.getByText('There is a problem').waitFor()
    t.match(await page.locator('#week-error').innerText(), /Line 2: “moday” is no day/)
    t.match(await week.inputValue(), /moday/)
    await noSideways(t)
    await week.fill(`${HEAD}monday,lesson,Double,09:00,10:00`)
    await days.fill('kind,from,to,name\nterm,2026-03-03,2026-03-04,No Monday')
    await press('Save')
    t.match(
      await page.locator('#days-error').innerText(),
      /Boxes refuse it: timetable\.terms\[0\].*a term with at least one school day/,
    )
    await open('/policy')
    t.ok(await page.getByText('Nobody has changed anything yet').isVisible())
  })

  await t.test('a file is previewed in words, saved, and in force', async (t) => {
    await open('/policy/timetable')
    const file = { name: 'week.csv', mimeType: 'text/csv', buffer: Buffer.from(ALWAYS) }
    await page.getByLabel('Or a file with the week').setInputFiles(file)
    await days.fill(LONG_AGO)
    await press('Show what changes')
    t.match(
      await page.locator('#preview').innerText(),
      /Added: lesson Double, 00:00 to 24:00, on Monday.*Added: term Spring, 7 January 2019/s,
    )
    t.equal(await rcode('games.test'), BLOCKED, 'nothing is saved yet')
    await noSideways(t)
    await page.getByLabel('Why', { exact: true }).fill('new timetable')
    await becomes(t, OPEN, await press('Save'))
    await slowly(async () => {
      await open('/policy/timetable')
      return page.getByText('goes by the timetable of this console').isVisible()
    }, 'the page to say so')
    await noSideways(t)
    await days.fill(NOW_TERM)
    await page.getByLabel('Why', { exact: true }).fill('it is term now')
    await becomes(t, BLOCKED, await press('Save'))
    await open('/policy')
    t.match(
      await page.locator('main').innerText(),
      /Version 2.*Timetable: Added: term Ages.*Version 1.*Timetable set here: 7 lessons/s,
    )
    await becomes(t, OPEN, await press('Go back to version 1'))
    await becomes(t, BLOCKED, await press('Go back to version 2'))
  })

  await t.test('a release opens for a lesson, and is ended by hand', async (t) => {
    await open('/policy/releases')
    t.ok(await page.getByText('Nothing is released now.').isVisible())
    await noSideways(t)
    const fill = async (change: Record<string, string> = {}): Promise<void> => {
      const given = { Site: '', 'For how many minutes': '40', Why: 'end of term quiz', ...change }
      await page.getByLabel('For which group').selectOption('ks5')
      for (const [label, value] of Object.entries(given))
        await page.getByLabel(label, { exact: true }).fill(value)
    }
    await fill({ Site: 'www.harm.test' })
    await press('Open it')
    t.match(
      await page.locator('#release-name-error').innerText(),
      /“www\.harm\.test” was not opened: it is blocked as harm\.selfharm, which no release lifts/,
    )
    t.equal(await rcode('harm.test'), BLOCKED)
    await noSideways(t)
    await fill()
    await page.getByLabel('What to open').selectOption('media.games')
    await becomes(t, OPEN, await press('Open it'))
    t.match(await page.locator('main').innerText(), /Games \(a category\) for ks5, until \d\d:\d\d/)
    await noSideways(t)
    await slowly(
      async () => (await box.edge('release', '--list')).out.includes('end of term quiz'),
      'the box to list it',
    )
    await becomes(t, BLOCKED, await press('End release of Games (a category) for ks5'))
    t.match(await page.locator('main').innerText(), /Nothing is released now.*ended by/s)
  })

  await t.test('with script, axe finds nothing on either page', async (t) => {
    const { page: scripted } = await openPage(t, browser, {
      collector,
      viewport: PHONE,
      cookie,
      at: '/policy/timetable',
    })
    for (const path of ['/policy/timetable', '/policy/releases']) {
      await scripted.goto(collector.consoleUrl + path)
      await checkAxe(t, scripted, path.slice(8))
    }
  })
})
