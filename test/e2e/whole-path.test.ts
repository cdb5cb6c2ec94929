/** The main job on real input: a pupil's `dig`, and two seconds later a line on the page of the safeguarding lead. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { startEverything } from '#test/support/start-process.ts'
import { until } from '#test/support/until.ts'

const digMissing = existsSync('/usr/bin/dig') ? false : 'needs dig: the Debian package `dnsutils`'
const HOSTILE = '<script>document.title=1</script>"\'.canary-commerce-gambling.test'
const promtoolMissing = existsSync('/usr/bin/promtool')
  ? false
  : 'needs promtool: the Debian package `prometheus`'

const upstreamMissing = ['/usr/sbin/unbound', '/usr/sbin/nsd'].some((file) => existsSync(file))
  ? false
  : 'needs an upstream: the Debian package `unbound` or `nsd`'
const missing = digMissing || browserMissing || promtoolMissing || upstreamMissing

function dig(port: number, name: string, ...words: readonly string[]): string {
  return execFileSync('dig', ['@127.0.0.1', '-p', String(port), name, '+tries=1', ...words], {
    encoding: 'utf8',
  })
}

t.test('from dig to the page', { skip: missing, timeout: 170_000 }, async (t) => {
  const upstream = await startRealUpstream({ everyName: '192.0.2.53' })
  if (isFailure(upstream)) throw new Error(upstream.detail)
  t.teardown(() => upstream.stop())
  const edge = await startEverything(shortFolder(t), {
    upstreams: [{ address: '127.0.0.1', port: upstream.port }],
    networks: [{ cidr: '127.0.0.0/8', group: 'ks3', name: 'Room 4' }],
  })
  t.teardown(() => edge.stop())

  await t.test(
    'the "try it" block holds what works, and no code where it is not a terminal',
    async (t) => {
      t.match(edge.said(), /dig @127\.0\.0\.1 -p \d+ \S+ {4}is answered/)
      t.match(edge.said(), /sign-in-code/)
      t.notMatch(edge.said(), /one-time code [A-Z0-9]/)
      t.match(dig(edge.dnsPort, 'www.example.org', '+short'), /^192\.0\.2\.53$/m)
      t.match(dig(edge.dnsPort, 'use-application-dns.net'), /status: NXDOMAIN/)
      t.match(dig(edge.dnsPort, 'www.google.com', '+short'), /^forcesafesearch\.google\.com\.$/m)
    },
  )

  await t.test(
    'a blocked lookup is on the page within two seconds, without a reload, as text',
    async (t) => {
      const browser = await launchBrowser()
      t.teardown(() => browser.close())
      const page = await browser.newPage()
      page.on('dialog', () => t.fail('a name opened a dialog'))
      await page.goto(`${edge.consoleUrl}/events`)
      const code = JSON.parse(edge.edge('sign-in-code', '--json')).code
      await page.getByLabel('Sign-in code').fill(code)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(({ pathname }) => pathname === '/events')
      await page.goto(`${edge.consoleUrl}/events`)
      await page.evaluate(() => Reflect.set(globalThis, 'notReloaded', true))
      const askedAt = Date.now()
      dig(edge.dnsPort, HOSTILE, 'A')
      await page.getByText('[.]canary-commerce-gambling[.]test').first().waitFor({ timeout: 2_000 })
      t.comment(`on the page ${Date.now() - askedAt} ms after the dig`)
      t.equal(await page.evaluate(() => Reflect.get(globalThis, 'notReloaded')), true)
      t.match(await page.locator('main').innerText(), /<script>document.*<\/script>/)
      t.equal(await page.title(), 'Safeguarding events – SuperCloud Edge')
      t.equal(await page.locator('main script').count(), 0)
      await sleep(300)
      dig(edge.dnsPort, 'second.canary-commerce-gambling.test', 'A')
      await page.locator('main').getByText('2 lookups').first().waitFor({ timeout: 3_000 })
      await page.goto(`${edge.consoleUrl}/setup`)
      const setup = await page.locator('main').innerText()
      t.match(setup, /Leak test\. Nobody tries whether clients can ask other resolvers\./)
      t.match(setup, /Wrong\s+Illegal content\./, 'no bundle is installed here')
    },
  )

  await t.test('the command line tells the same', async (t) => {
    t.match(edge.edge('status'), /^state {7}ok$/m)
    t.match(edge.edge('status'), /No list installed: this box cannot notice self-harm\./)
    t.match(
      edge.edge('explain', 'www.google.com', '--group', 'ks3'),
      /forcesafesearch\.google\.com/,
    )
    t.match(
      edge.edge('explain', 'x.canary-harm-selfharm.test', '--client', '127.0.0.1'),
      /harm\.selfharm, list canaries/,
    )
    const counts = edge.edge('events')
    t.match(counts, /gambling/)
    t.notMatch(counts, /script/)
    const revealed = edge.edge('events', '--reveal', '--reason', 'trying it out')
    t.match(revealed, /canary-commerce-gambling\.test/)
  })

  await t.test('metrics of agent, collector and fleet are clean and name nobody', async (t) => {
    const fleet = edge.collectorMetricsUrl.replace(/metrics$/, 'metrics/fleet')
    for (const url of [edge.metricsUrl, edge.collectorMetricsUrl, fleet]) {
      const text = await (await fetch(url)).text()
      t.equal(
        execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' }),
        '',
        url,
      )
      t.notMatch(text, /gambling\.test|<script|127\.0\.0\.1/)
    }
    const isTold = async () =>
      /edge_dns_queries_total\{.*appliance="/.test(await (await fetch(fleet)).text())
    await until('the box reports what it answered', isTold, 40_000)
  })

  await t.test('a protected help site leaves no trace on any disk', async (t) => {
    const marked = 'unseen7x3.childline.org.uk'
    const { port } = new URL(`http://x:${edge.dnsPort}`)
    for (let i = 0; i < 3; i++) dig(Number(port), marked, 'A')
    dig(Number(port), 'visible7x3.canary-commerce-gambling.test', 'A')
    await sleep(1_500)
    const found = (text: string): readonly string[] =>
      filesUnder(edge.stateDir).filter((file) => readFileSync(file, 'latin1').includes(text))
    t.same(found('unseen7x3'), [])
    t.notMatch(edge.said(), /unseen7x3/)
    t.match(edge.edge('explain', marked), /protected/)
  })

  await t.test('SIGTERM ends everything with 0 within two seconds', async (t) => {
    const { code, tookMs } = await edge.stop()
    t.equal(code, 0)
    t.ok(tookMs < 2_000, `${Math.round(tookMs)} ms`)
    t.equal(statSync(edge.stateDir).mode & 0o777, 0o700)
  })
})

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
