/** The console as people use it: a real collector, a real browser. Screenshots land in `EDGE_SCREENSHOTS`, if set. */
import type { BrowserContext, Page } from 'playwright-core'
import t from 'tap'
import type { LinkSampled } from '#domain/event.ts'
import { browserMissing, launchBrowser } from '../support/browser.ts'
import { type CollectorClient, lookup, makeEvent, makeStatus } from '../support/collector-client.ts'
import { checkAxe, goByMenu, signIn } from '../support/console-page.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const DESKTOP = { width: 1280, height: 900 }
const PHONE = { width: 390, height: 844 }
const HOSTILE = '<script>document.title="owned"</script>"\'\n.example.org'

t.test('console in a browser', { skip: browserMissing, timeout: 170_000 }, async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const browser = await launchBrowser()
  t.teardown(() => browser.close())
  const north = collector.client({ name: 'Northfield Primary' })
  const south = collector.client({ name: 'Southgate Academy' })

  const open = async (
    viewport: { width: number; height: number },
    javaScriptEnabled = true,
  ): Promise<{ page: Page; context: BrowserContext }> => {
    const context = await browser.newContext({ viewport, javaScriptEnabled, bypassCSP: false })
    const page = await context.newPage()
    page.on('pageerror', (error) => t.fail(`page threw: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 40'))
        t.fail(`browser complained: ${message.text()}`)
    })
    return { page, context }
  }

  await t.test('sign-in refuses a wrong code and takes the right one', async (t) => {
    const { page, context } = await open(DESKTOP)
    await page.goto(`${collector.consoleUrl}/events`)
    t.match(page.url(), /\/sign-in\?to=%2Fevents$/, 'a stranger is sent to sign in')
    await checkAxe(t, page, 'sign-in')
    await page.getByLabel('Sign-in code').fill('0000 0000 0000 0000')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('alert').waitFor()
    await checkAxe(t, page, 'sign-in-problem')
    await signIn(collector, page)
    t.match(page.url(), /\/events$/)
    t.match(await page.locator('main').innerText(), /no proof that nothing happened/)
    await north.postStatus(makeStatus(north.appliance))
    await page.getByText('not everything was heard').waitFor({ timeout: 2000 })
    await checkAxe(t, page, 'events-not-all-heard')
    await south.postStatus(makeStatus(south.appliance))
    await page.getByText('The system works').waitFor({ timeout: 2000 })
    await checkAxe(t, page, 'events-empty')
    await context.close()
  })

  await t.test('an event appears within two seconds without a reload', async (t) => {
    const { page, context } = await open(DESKTOP)
    await signIn(collector, page)
    await page.evaluate(() => Reflect.set(globalThis, 'notReloaded', true))
    const posted = Date.now()
    const body = lookup({
      name: { form: 'clear', name: HOSTILE },
      client: { address: '192.0.2.9', device: '<img src=x onerror=alert(1)>' },
    })
    t.equal((await north.report(body)).status, 200)
    await page.getByRole('link', { name: 'Gambling' }).waitFor({ timeout: 2000 })
    t.ok(Date.now() - posted < 2000, `seen after ${Date.now() - posted} ms`)
    t.equal(await page.evaluate(() => Reflect.get(globalThis, 'notReloaded')), true)
    t.match(await page.locator('#live-news').innerText(), /1 new safeguarding event/)
    const text = await page.locator('main').innerText()
    t.match(text, '<script>document[.]title="owned"</script>"\'\\u{a}[.]example[.]org')
    t.match(text, '<img src=x onerror=alert(1)>')
    t.equal(await page.title(), 'Safeguarding events – SuperCloud Edge')
    t.equal(await page.locator('main script, main img').count(), 0)
    await context.close()
  })

  await fill(north, south)

  for (const [width, viewport] of [
    ['desktop', DESKTOP],
    ['phone', PHONE],
  ] as const) {
    await t.test(`no page has an accessibility violation at ${width} width`, async (t) => {
      const { page, context } = await open(viewport)
      await signIn(collector, page)
      for (const path of [
        '/events',
        '/events?severity=critical',
        '/events?group=nobody',
        '/appliances',
        '/knowledge',
        '/setup',
        '/nowhere',
      ]) {
        await page.goto(collector.consoleUrl + path)
        await checkAxe(t, page, `${width}${path.replaceAll(/[^a-z]/g, '-')}`)
        const scrolls = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
        t.notOk(scrolls, `${path} does not scroll sideways`)
      }
      for (const category of ['Gambling', 'Child sexual abuse material']) {
        await page.goto(`${collector.consoleUrl}/events`)
        await page.getByRole('link', { name: category, exact: true }).first().click()
        await page.getByRole('heading', { level: 1, name: category }).waitFor()
        await checkAxe(t, page, `${width}-event-${category.slice(0, 5)}`)
      }
      t.match(await page.locator('main').innerText(), /Do not investigate/)
      t.notMatch(await page.content(), /forbidden/)
      await context.close()
    })
  }

  await t.test('everything works with JavaScript off', async (t) => {
    const { page, context } = await open(PHONE, false)
    await signIn(collector, page)
    await page.getByLabel('Severity').selectOption('critical')
    await page.getByRole('button', { name: 'Apply filters' }).click()
    t.match(page.url(), /severity=critical/)
    await page.getByRole('link', { name: 'Suicide', exact: true }).first().click()
    t.match(await page.locator('main').innerText(), /How it was told/)
    await goByMenu(page, 'Appliances')
    await page.getByText('The same by the hour').first().click()
    t.match(await page.locator('main').innerText(), /Hour from/)
    await goByMenu(page, 'How it knows')
    t.match(await page.locator('main').innerText(), /this box cannot notice\s[^.]*suicide/i)
    await page.getByRole('button', { name: 'Sign out' }).click()
    t.match(page.url(), /\/sign-in$/)
    await context.close()
  })

  await t.test('the link chart is drawn and follows a change of state', async (t) => {
    const { page, context } = await open(DESKTOP)
    await signIn(collector, page)
    await page.goto(`${collector.consoleUrl}/appliances`)
    const card = page.getByRole('region', { name: 'Northfield Primary', exact: true })
    await card.locator('canvas').waitFor()
    t.match(await card.locator('.u-legend').innerText(), /^Round trip \(ms\)\s*Lost \(%\)$/)
    await north.postStatus(
      makeStatus(north.appliance, {
        link: { state: 'down', cause: 'upstream', detail: '', since: Date.now(), upstreams: [] },
      }),
    )
    await card.getByText('no DNS server beyond it answers').first().waitFor({ timeout: 2000 })
    await card.locator('canvas').waitFor()
    t.match(await card.innerText(), /Not known|Down/)
    await context.close()
  })
})

/** A day as a school has it. */
async function fill(north: CollectorClient, south: CollectorClient): Promise<void> {
  const now = Date.now()
  await south.postStatus(
    makeStatus(south.appliance, {
      link: {
        state: 'degraded',
        cause: 'line',
        detail: 'loss 8% to 3 targets',
        since: now - 900_000,
        upstreams: [{ target: '192.0.2.54', state: 'down', lossRatio: 1 }],
      },
      faults: [{ at: now - 600_000, part: 'lists', text: 'list "<b>test</b>" could not be read' }],
    }),
  )
  const samples = Array.from({ length: 280 }, (_, index): LinkSampled => {
    const to = now - (280 - index) * 300_000
    const isOut = index > 180 && index < 188
    const mean = 11 + 4 * Math.sin(index / 17) + (index % 7) / 3
    const rttMs = { min: mean - 2, mean, max: mean + 9 }
    return {
      kind: 'link-sampled',
      from: to - 300_000,
      to,
      state: isOut ? 'down' : 'up',
      probes: [
        {
          target: '192.0.2.53',
          probe: 'dns',
          sent: 30,
          lost: isOut ? 30 : index % 40 === 0 ? 2 : 0,
          ...(isOut ? {} : { rttMs }),
        },
      ],
    }
  })
  await north.postBatch(
    north.batch(samples.map((body, index) => makeEvent(body, index + 1, { at: body.to }))),
  )
  const changed = { kind: 'link-changed', detail: '3 of 3 targets lost' } as const
  const outage = [
    { ...changed, from: 'up', to: 'down', cause: 'line', since: now - 30_000_000 },
    { ...changed, from: 'down', to: 'up', cause: 'none', since: now - 27_900_000 },
    { ...changed, from: 'up', to: 'degraded', cause: 'upstream', since: now - 9_000_000 },
    { ...changed, from: 'degraded', to: 'up', cause: 'none', since: now - 8_400_000 },
  ] as const
  await north.postBatch(
    north.batch(outage.map((body, index) => makeEvent(body, index + 281, { at: body.since }))),
  )
  const first = makeEvent(
    lookup({
      category: 'harm.suicide',
      theme: 'suicide',
      severity: 'critical',
      group: 'Year 10',
      count: 2,
      firstAt: now - 400_000,
      lastAt: now - 390_000,
      name: { form: 'hash', hash: 'c2hvcnQ' },
    }),
    2,
  )
  await north.postBatch(north.batch([first]))
  const more = {
    ...lookup(first.body.kind === 'lookup-blocked' ? first.body : {}),
    count: 6,
    lastAt: now - 200_000,
  }
  await north.postBatch(north.batch([makeEvent(more, 3, { id: first.id, revision: 2 })]))
  await north.postBatch(
    north.batch([
      makeEvent(
        lookup({
          category: 'illegal.csam',
          theme: 'illegal',
          severity: 'critical',
          group: 'Year 8',
          count: 1,
          name: { form: 'clear', name: 'forbidden.example.org' },
        }),
        4,
      ),
      makeEvent(
        lookup({
          category: 'harm.selfharm',
          theme: 'self-harm',
          severity: 'high',
          group: 'Year 9',
          client: { address: '2001:db8::1:44' },
          firstAt: now - 5_000_000,
        }),
        5,
      ),
      makeEvent(
        lookup({
          category: 'adult.porn',
          theme: 'adult',
          severity: 'medium',
          group: 'Guests',
          firstAt: now - 90_000_000,
          client: { address: '192.0.2.101', device: 'Galaxy-A14 of a guest' },
        }),
        6,
      ),
      makeEvent(
        lookup({
          category: 'bypass.vpn',
          theme: 'circumvention',
          severity: 'low',
          group: 'Sixth form',
          firstAt: now - 190_000_000,
          name: {
            form: 'clear',
            name: 'very-long-name-of-some-virtual-private-network-service.example.org',
          },
        }),
        7,
      ),
      makeEvent(
        lookup({
          category: 'adult.nudify_ai',
          theme: 'sexual-behaviour',
          severity: 'urgent',
          group: 'Year 11',
          firstAt: now - 12_000_000,
          name: { form: 'clear', name: 'undress.example.test' },
        }),
        8,
      ),
    ]),
  )
}
