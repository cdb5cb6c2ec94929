/**
 * A console full of hostile texts, from boxes and from people, as each role sees it in a real browser; and all that leaves it: files, mail, messages
 * to programs, metrics. Nothing runs, nothing is asked of anybody else, and everything is text.
 */
import t from 'tap'
import { ROLES } from '#collector/accounts/role.ts'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { until } from '#test/support/until.ts'
import { pathsOf } from '../load/pages/paths.ts'
import { faultsOfCsv, popplerMissing, readPdf } from './hostile/files.ts'
import { faultsOfMail, faultsOfMetrics } from './hostile/messages.ts'
import { alertsOf, pour } from './hostile/pour.ts'
import { hostileSchool } from './hostile/school.ts'
import { faultsOfHtml } from './hostile/texts.ts'
import { watchPage } from './hostile/watch-page.ts'

const HOUR_MS = 3_600_000
/** Pages of one each that a list leads to. */
const LISTS = ['/events', '/devices', '/checks', '/decisions', '/appliances', '/networks']
const EACH_MAX = 12
/** What differs between people of whom both may do the same. */
const OWN =
  /<nav class="edge-nav"[\s\S]*?<\/nav>|[0-9a-f-]{36}|=\w+'--\{\{7919\*7907\}\}@school\.test|value="[\w-]{20,}"/gi

t.test(
  'a console full of hostile texts',
  { skip: browserMissing || popplerMissing, timeout: 380_000 },
  async (t) => {
    const school = await hostileSchool(t, 'many')
    const { collector, cookies, desk, mail, hook, clock } = school
    const browser = await launchBrowser()
    t.teardown(() => browser.close())
    const taken = await pour(await browser.newPage(), school)
    t.comment([...taken].map((one) => one.join(' ')).join('\n'))
    const alerts = await alertsOf(school)

    await t.test('on every page, for every role', async (t) => {
      const seen = new Set<string>()
      let pages = 0
      for (const role of [...ROLES, 'desk'] as const) {
        const cookie = role === 'desk' ? desk : cookies[role]
        const viewer = await watchPage(browser, collector.consoleUrl, cookie)
        const paths = await pathsOf(collector, { name: role, cookie })
        const more = role === 'desk' ? await detailsOf(school, alerts) : []
        for (const path of [...paths, ...more]) {
          const answer = await collector.page(path, cookie)
          if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) continue
          const html = (await answer.text()).replaceAll(OWN, '')
          if (seen.has(html)) continue
          seen.add(html)
          pages += 1
          const faults = path.includes('fragment=') ? [] : await viewer.faultsAt(path)
          t.same([...faultsOfHtml(html), ...faults], [], `${role} ${path}`)
        }
        await viewer.close()
      }
      t.comment(`${pages} pages`)
      t.ok(pages > 100)
    })

    await t.test('in every file', async (t) => {
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
      for (const path of ['/review.pdf', '/report.pdf', ...cases.slice(0, 6).map((one) => `${one}.pdf`)]) {
        const answer = await collector.page(path, desk)
        t.equal(answer.status, 200, path)
        const { text, faults } = await readPdf(Buffer.from(await answer.arrayBuffer()), folder)
        t.same(faults, [], path)
        t.match(text, /img src=x onerror/, `${path} names the school`)
        t.notMatch(text, '62615633')
      }
    })

    await t.test('in mail, in messages to programs, and in metrics', async (t) => {
      clock.advance(HOUR_MS)
      await until('there are a drill and a digest', () => mail.received.some(({ text }) => /Weekly test/.test(text)) && mail.received.length > 5, 60_000)
      t.same(mail.received.flatMap(faultsOfMail), [])
      t.ok(hook.received.length > 0)
      for (const { body } of hook.received) {
        const told: { type: string; data: { text: string; link: string } } = JSON.parse(body.toString())
        t.match(told.data.link, new RegExp(`^${collector.consoleUrl}/`))
        t.same(faultsOfHtml(told.data.text), [])
        t.notMatch(body.toString(), /hostile|evil|7919/)
      }
      t.same(faultsOfMetrics(await (await fetch(new URL('/metrics', collector.metricsUrl))).text()), [])
    })
  },
)

/** Each alert, and some of everything else that a list leads to. */
async function detailsOf(
  { collector, desk }: Awaited<ReturnType<typeof hostileSchool>>,
  alerts: readonly string[],
): Promise<readonly string[]> {
  const found = alerts.map((id) => `/alerts/${id}`)
  for (const list of LISTS) {
    const html = await (await collector.page(list, desk)).text()
    const own = new RegExp(`href="(${list}/(?!new")[^"?]+|${list}\\?[^"]+)"`, 'g')
    const links = [...new Set([...html.matchAll(own)].map(([, link = '']) => link))]
    found.push(...links.slice(0, EACH_MAX).map((one) => one.replaceAll('&amp;', '&')))
  }
  return found
}
