/** Names in lease files that are attacks, through a real agent and a real collector to the command line and the pages: text, and no identity. */
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { browserMissing, launchBrowser } from '#test/support/browser.ts'
import { HOSTILE_NAMES } from '#test/support/hostile-devices.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { startEverything } from '#test/support/start-process.ts'
import { until } from '#test/support/until.ts'

const digMissing = existsSync('/usr/bin/dig') ? false : 'needs dig: the Debian package `dnsutils`'
const EXPIRES = 4_000_000_000
const TEACHER = 't.eacher'
/** Lines of dnsmasq have no blanks in them; the last two try to be somebody. */
const NAMES = [
  ...HOSTILE_NAMES.map((name) => name.replaceAll(/[\s\0]/g, '_')).filter(
    (name) => name.length <= 300,
  ),
  'x'.repeat(10_000),
  `${TEACHER},staff`,
  TEACHER,
]
/** Each on the loopback network, so that it can ask. */
const addressOf = (index: number): string => `127.0.1.${index + 1}`
const macOf = (index: number): string =>
  `02:00:5e:00:53:${(index + 1).toString(16).padStart(2, '0')}`
/** What may move a cursor, turn text around, or end a line: from, to. */
const UNSAFE: readonly (readonly [number, number])[] = [
  [0x00, 0x09],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x20_0e, 0x20_0f],
  [0x20_2a, 0x20_2e],
  [0x20_66, 0x20_69],
]

function unsafeIn(text: string): readonly string[] {
  return [...text].filter((char) => {
    const code = char.codePointAt(0) ?? 0
    return UNSAFE.some(([from, to]) => code >= from && code <= to)
  })
}

t.test(
  'hostile names in lease files',
  { skip: digMissing || browserMissing, timeout: 170_000 },
  async (t) => {
    const folder = shortFolder(t)
    const dnsmasq = join(folder, 'dnsmasq.leases')
    const kea = join(folder, 'kea.csv')
    writeFileSync(
      dnsmasq,
      NAMES.map((name, i) => `${EXPIRES} ${macOf(i)} ${addressOf(i)} ${name} *\n`).join(''),
    )
    const keaHead =
      'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context'
    writeFileSync(
      kea,
      `${keaHead}\n127.0.2.1,02:00:5e:00:54:01,,3600,${EXPIRES},1,0,0,<img src=x onerror=alert(1)>&#x2c=cmd(),0,\n`,
    )
    const edge = await startEverything(folder, {
      networks: [{ cidr: '127.0.0.0/8', group: 'ks3', name: 'Room 4' }],
      deny: [{ name: 'chat.test', reason: 'a test', groups: ['ks3'] }],
      identity: {
        neighbours: false,
        names: { reverse: false },
        assign: [{ user: TEACHER, group: 'staff' }],
        leases: [
          { path: dnsmasq, format: 'dnsmasq' },
          { path: kea, format: 'kea' },
        ],
      },
    })
    t.teardown(() => edge.stop())
    const dig = (from: string): string =>
      execFileSync('dig', ['-b', from, '@127.0.0.1', '-p', String(edge.dnsPort), 'chat.test'], {
        encoding: 'utf8',
      })
    const explain = (address: string): string =>
      edge.edge('explain', 'chat.test', '--client', address)

    await t.test('nobody is anybody by such a name, and the command line shows text', async (t) => {
      await until('the leases are known', () => explain(addressOf(0)).includes(macOf(0)), 30_000)
      // Each is a program started anew, so that not all are looked at here; on the pages they are.
      for (const index of [...NAMES.keys()].filter(
        (one) => one % 4 === 1 || one >= NAMES.length - 3,
      )) {
        const said = explain(addressOf(index))
        t.match(said, macOf(index))
        t.match(said, /group ks3/)
        t.notMatch(said, /user |group staff/)
        t.same(unsafeIn(said), [])
        t.ok(said.length < 4_000, `${said.length} characters`)
        t.match(dig(addressOf(index)), 'status: NXDOMAIN', 'and is answered as a pupil')
      }
      t.match(explain('127.0.2.1'), '02:00:5e:00:54:01')
    })

    await t.test('on the pages it is text as well', async (t) => {
      const browser = await launchBrowser()
      t.teardown(() => browser.close())
      const page = await browser.newPage()
      page.on('dialog', () => t.fail('a name opened a dialog'))
      page.on('console', (message) => {
        if (message.type() === 'error') t.fail(`browser complained: ${message.text()}`)
      })
      await page.goto(`${edge.consoleUrl}/devices`)
      const { code } = JSON.parse(edge.edge('sign-in-code', '--json'))
      await page.getByLabel('Sign-in code').fill(code)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL(({ pathname }) => pathname === '/devices')
      const rows = async (): Promise<number> => {
        await page.goto(`${edge.consoleUrl}/devices?text=02%3A00%3A5e`)
        return page.locator('main a[href^="/devices/"]').count()
      }
      await until('the box has told its devices', async () => (await rows()) > 0, 60_000)
      const hrefs = await page
        .locator('main a[href^="/devices/"]')
        .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))
      t.ok(hrefs.length >= 20, `${hrefs.length} devices on the first page`)
      for (const path of [
        '/devices',
        '/networks',
        ...[...new Set(hrefs)].filter((_, at) => at % 3 === 0),
      ]) {
        await page.goto(edge.consoleUrl + path)
        await page.locator('h1').waitFor()
        const foreign =
          'main script, main iframe, main img, main math, main [onload], main [onerror]'
        t.equal(await page.locator(foreign).count(), 0, path)
        // A browser puts tabs between the cells of a table.
        const text = (await page.locator('main').innerText()).replaceAll('\t', ' ')
        t.same(unsafeIn(text), [], path)
      }
    })
  },
)
