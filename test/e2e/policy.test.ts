/** From a click of school IT to another answer of DNS: a real collector, a real agent, a real browser. */
import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { startAgentProcess } from '../support/agent-process.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { checkAxe, comeAs, openPage } from '../support/console-page.ts'
import { ask, rcodeOf } from '../support/dns-client.ts'
import { enrolledFolder } from '../support/enrolled-folder.ts'
import { until as slowly, startPageAgent } from '../support/page-agent.ts'
import { tokenOf } from '../support/page-client.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'
import { until } from '../support/until.ts'

const PHONE = { width: 390, height: 844 }
const NXDOMAIN = 3
/** What the upstream has for every name. */
const OPEN = '192.0.2.1'
/** Generous: what is meant to be under two seconds is measured and told. */
const IN_FORCE_MS = 10_000

t.test('what school IT sets', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const collector = await runCollector(shortFolder(t))
  let isAway = false
  t.teardown(() => (isAway ? undefined : collector.close()))
  const config = { collector: { url: collector.consoleUrl } }
  const folder = enrolledFolder(t, collector.options.enrolledDir)
  const box = await startPageAgent(t, { config, folder })
  const { agent, visit } = box
  const rcode = async (name: string): Promise<number> =>
    rcodeOf(await ask(name, 'A', { port: agent.port }))
  const becomes = (name: string, wanted: number): Promise<void> =>
    until(`${name} is answered ${wanted}`, async () => (await rcode(name)) === wanted, IN_FORCE_MS)

  const addressOf = async (name: string, port = agent.port): Promise<unknown> => {
    const [first] = (await ask(name, 'A', { port })).answers ?? []
    return first?.type === 'A' ? first.data : undefined
  }

  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const cookie = await collector.signInAs('it')
  const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false })
  const page = await context.newPage()
  await comeAs(collector, page, { cookie, at: '/policy' })
  const open = async (path: string): Promise<void> => {
    await page.goto(collector.consoleUrl + path)
  }
  await slowly(async () => {
    await open('/policy')
    return page.getByLabel('ks3', { exact: true }).isVisible()
  }, 'the box tells of its groups')
  const fill = async (name: string, action: 'Allow' | 'Block'): Promise<void> => {
    await page.getByLabel('Site', { exact: true }).fill(name)
    await page.getByLabel(action, { exact: true }).check()
    await page.getByLabel('Why', { exact: true }).fill('asked for in the staff meeting')
  }

  await t.test(
    'a block is in force soon after the click, also for what is remembered',
    async (t) => {
      t.equal(await rcode('www.fresh.test'), 0)
      t.equal(await rcode('www.fresh.test'), 0)
      await fill('fresh.test', 'Block')
      const clickedAt = performance.now()
      await page.getByRole('button', { name: 'Save' }).click()
      await becomes('www.fresh.test', NXDOMAIN)
      t.comment(`in force ${Math.round(performance.now() - clickedAt)} ms after the click`)
      await slowly(async () => {
        await open('/policy')
        return page.getByText('runs version 1, the newest').isVisible()
      }, 'the page to say so')
      await noSideways(t)
    },
  )

  await t.test('what nothing opens is refused beside the field, by the box', async (t) => {
    await fill('www.harm.test', 'Allow')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('There is a problem').waitFor()
    t.match(
      await page.locator('#rule-name-error').innerText(),
      /allow www\.harm\.test: it is listed for suicide, self-harm or illegal content/,
    )
    t.equal(await page.getByLabel('Site', { exact: true }).inputValue(), 'www.harm.test')
    t.equal(await rcode('www.harm.test'), NXDOMAIN)
    await noSideways(t)
  })

  await t.test('a preview tells numbers by group, and saves nothing', async (t) => {
    await slowly(async () => {
      await open('/policy')
      await fill('fresh.test', 'Allow')
      await page.getByRole('button', { name: 'Preview' }).click()
      return /ks3: \d+ look-ups?/.test(await page.locator('#preview').innerText())
    }, 'the log of look-ups')
    t.equal(await rcode('www.fresh.test'), NXDOMAIN)
    await noSideways(t)
  })

  await t.test('why a name is blocked is told by the box, step by step', async (t) => {
    await open('/why')
    await page.getByLabel('Site', { exact: true }).fill('www.fresh.test')
    await page.getByLabel('Device', { exact: true }).fill('127.0.0.1')
    await page.getByRole('button', { name: 'Ask the box' }).click()
    await page.getByRole('heading', { name: 'www.fresh.test is blocked' }).waitFor()
    const text = await page.locator('main').innerText()
    t.match(text, /the console says so of fresh\.test: "asked for in the staff meeting"/)
    t.match(text, /client 127\.0\.0\.1 is in group ks3/)
    await noSideways(t)
  })

  await t.test('a request of the block page is granted, and whoever asked reads so', async (t) => {
    const form = await visit('social.test')
    await visit('social.test', { form: { token: tokenOf(form), why: 'history homework' } })
    await slowly(async () => {
      await open('/requests')
      return page.getByText('history homework').isVisible()
    }, 'the request at the collector')
    await noSideways(t)
    await page.getByLabel('Open it for').selectOption({ label: 'An hour' })
    await page.getByLabel('Answer').fill('Open for an hour.')
    await page.getByRole('button', { name: /^Open social\.test/ }).click()
    await page.getByRole('heading', { name: 'Nobody waits for an answer' }).waitFor()
    await until('it is open', async () => (await addressOf('social.test')) === OPEN, IN_FORCE_MS)
    await slowly(
      async () => (await box.edge('requests', '--all')).out.includes('Open for an hour.'),
      'the box to close it',
    )
    await open('/policy/over-blocks')
    const figures = await page.locator('main').innerText()
    t.match(figures, /1 request from .*: 1 opened, 0 refused, 0 answered at the box, 0 waiting/)
    t.match(figures, /Networks <b>we<\/b> found\s+1\s+1\s+0\s+100%/, 'the list is told')
    await noSideways(t)
  })

  await t.test('without script and with it, axe finds nothing on any of the pages', async (t) => {
    const { page: scripted } = await openPage(t, browser, {
      collector,
      viewport: PHONE,
      cookie,
      at: '/policy',
    })
    for (const path of ['/policy', '/why?name=a%20b', '/requests', '/policy/over-blocks']) {
      await scripted.goto(collector.consoleUrl + path)
      await checkAxe(t, scripted, `policy-${path.slice(-4)}`)
    }
  })

  await t.test('the box keeps it over a restart, and without a collector', async (t) => {
    isAway = true
    await collector.close()
    await agent.stop()
    const whole = JSON.parse(readFileSync(agent.configFile, 'utf8'))
    const { listen: _, upstreams: __, ...sections } = whole
    const again = await startAgentProcess({
      folder: agent.folder,
      upstreamPorts: [box.upstream.port],
      untilBlocked: 'denied.test',
      config: sections,
    })
    t.teardown(() => again.stop())
    t.equal(rcodeOf(await ask('www.fresh.test', 'A', { port: again.port })), NXDOMAIN)
    t.equal(await addressOf('social.test', again.port), OPEN)
  })

  async function noSideways(t: Test): Promise<void> {
    const widths = await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')
    t.same(widths, [PHONE.width, PHONE.width], 'nothing sticks out of a phone')
  }
})
