/**
 * A console full of hostile texts: what one alert, one event, one device and everything else that a list leads to shows of them, and all that leaves
 * the console: files, mail, messages to programs, metrics.
 */
import t from 'tap'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'
import { faultsOfCsv, popplerMissing, readPdf } from '../files.ts'
import { faultsOfMail, faultsOfMetrics } from '../messages.ts'
import { alertsOf, pour } from '../pour.ts'
import { type HostileSchool, hostileSchool } from '../school.ts'
import { faultsOfHtml, TEXTS } from '../texts.ts'
import { walkPages } from '../walk-pages.ts'

const HOUR_MS = 3_600_000
const LISTS = ['/events', '/devices', '/checks', '/decisions', '/appliances', '/networks']
/** As many as there are texts, so that each is on a page of its own. */
const EACH_MAX = TEXTS.length + 5
const CASES_EACH = 4
const CASES_DRAWN = 6
/** By the ways in which the forms of people took a text at least so often: else there is nothing to be seen. */
const TAKEN_MIN = {
  'POST /alerts/:id/note': 20,
  'POST /alerts/:id/close': 10,
  'POST /decisions': 20,
  'POST /checks': 20,
  'POST /checks/:id/follow-up': 20,
  'POST /accounts': 20,
  'POST /policy/rules': 20,
  'POST /policy/propose': 20,
  'POST /policy/releases': 15,
  'POST /themes/set-aside': 20,
  'POST /review': 20,
}

t.test(
  'what lists lead to, and what leaves the console',
  { skip: browserMissing || popplerMissing, timeout: 175_000 },
  async (t) => {
    const school = await hostileSchool(t, 'many')
    const { collector, cookies, desk, mail, hook, clock } = school
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const taken = await pour(await browser.newPage(), school)
    for (const [route, min] of Object.entries(TAKEN_MIN))
      t.ok((taken.get(route) ?? 0) >= min, `${route} took ${taken.get(route)}`)
    const alerts = await alertsOf(school)
    t.ok(alerts.length > 20)

    await t.test('on pages of one', async (t) => {
      const paths = await detailsOf(school, alerts)
      const asked = { cookie: desk, paths, seen: new Set<string>() }
      const { pages, faults } = await walkPages(school, browser, asked)
      t.ok(pages > 60, `${pages} pages`)
      t.same(faults, [])
    })

    await t.test('in files', async (t) => {
      const cases = alerts.map((id) => `/alerts/${id}/hand-over`)
      let cells = 0
      for (const path of ['/devices.csv', '/audit.csv', ...cases.map((one) => `${one}.csv`)]) {
        const cookie = path === '/audit.csv' ? cookies.auditor : desk
        const answer = await collector.page(path, cookie)
        t.equal(answer.status, 200, path)
        const text = await answer.text()
        cells += text.split('","').length
        t.same(faultsOfCsv(text), [], path)
      }
      t.ok(cells > 1000, `${cells} cells`)
      const folder = shortFolder(t)
      const drawn = [
        '/review.pdf',
        '/report.pdf',
        ...cases.slice(0, CASES_DRAWN).map((one) => `${one}.pdf`),
      ]
      for (const path of drawn) {
        const answer = await collector.page(path, desk)
        t.equal(answer.status, 200, path)
        const { text, faults } = await readPdf(Buffer.from(await answer.arrayBuffer()), folder)
        t.same(faults, [], path)
        t.match(text, /img src=x onerror/, `${path} names the school`)
        t.notMatch(text, /62615633/)
      }
    })

    await t.test('in mail, in messages to programs, and in metrics', async (t) => {
      clock.advance(HOUR_MS)
      const isDrilled = (): boolean => mail.received.some(({ text }) => /Weekly test/.test(text))
      await until('there is a drill', () => isDrilled() && hook.received.length > 0, 60_000)
      t.same(mail.received.flatMap(faultsOfMail), [])
      for (const { body } of hook.received) {
        const told: { data: { text: string; link: string } } = JSON.parse(body.toString())
        t.match(told.data.link, new RegExp(`^${collector.consoleUrl}/`))
        t.same(faultsOfHtml(told.data.text), [])
        t.notMatch(body.toString(), /hostile|evil|7919/)
      }
      const metrics = await (await fetch(new URL('/metrics', collector.metricsUrl))).text()
      t.match(metrics, /^edge_\w+/m)
      t.same(faultsOfMetrics(metrics), [])
    })
  },
)

/** Each alert, and some of everything else that a list leads to. */
async function detailsOf(
  { collector, desk }: HostileSchool,
  alerts: readonly string[],
): Promise<readonly string[]> {
  const cases = alerts.filter((_, index) => index % CASES_EACH === 0)
  const found = [
    ...alerts.map((id) => `/alerts/${id}`),
    ...cases.map((id) => `/alerts/${id}/hand-over`),
  ]
  for (const list of LISTS) {
    const html = await (await collector.page(list, desk)).text()
    const own = new RegExp(`href="(${list}/(?!new")[^"?]+|${list}\\?[^"]+)"`, 'g')
    const links = [...new Set([...html.matchAll(own)].map(([, link = '']) => link))]
    found.push(...links.slice(0, EACH_MAX).map((one) => one.replaceAll('&amp;', '&')))
  }
  return found
}
