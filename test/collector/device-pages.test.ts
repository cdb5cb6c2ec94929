import t, { type Test } from 'tap'
import { DEVICES_MAX, type DeviceRow } from '#domain/device-report.ts'
import type { CollectorClient } from '../support/collector-client.ts'
import {
  device,
  deviceReport,
  devices,
  known,
  NO_COUNTS,
  network,
  networksTold,
} from '../support/device-rows.ts'
import { HOSTILE_NAMES } from '../support/hostile-devices.ts'
import { type RunningCollector, runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const HOSTILE = '<script>alert(1)</script>"\' onmouseover=x \n\u202E{{ 191*7 }}'
/** What must never come out of it, whatever the page. */
const ALIVE = /<script>alert|" onmouseover|1337|\u202E/
const HOUR_MS = 3_600_000
const PAGE_MS_MAX = 200

async function started(t: Test, change = {}) {
  const collector = await runCollector(shortFolder(t), change)
  t.teardown(() => collector.close())
  const box = collector.client()
  const cookie = await collector.signIn()
  const read = async (path: string) => (await collector.page(path, cookie)).text()
  const ids = async (path: string) =>
    [...(await read(path)).matchAll(/href="\/devices\/([^"?]+)/g)].map(([, id]) =>
      decodeURIComponent(id ?? ''),
    )
  return { collector, box, cookie, read, ids }
}

async function tell(box: CollectorClient, rows: readonly DeviceRow[], networks = networksTold()) {
  const series = crypto.randomUUID()
  for (let from = 0, part = 0; from === 0 || from < rows.length; from += 500, part++) {
    const isWhole = from + 500 >= rows.length
    const slice = rows.slice(from, from + 500)
    const answer = await box.postDevices(
      deviceReport(box.appliance, slice, { series, part, isWhole, networks }),
    )
    if (answer.status !== 204) throw new Error(await answer.text())
  }
}

t.test('hostile text is text on every page', async (t) => {
  const { collector, box, cookie } = await started(t)
  const hostile = device(1, {
    name: known(HOSTILE),
    user: known(HOSTILE, 95, 'radius'),
    group: known(HOSTILE),
    vendor: HOSTILE,
    dhcp: { vendorClass: HOSTILE, fingerprint: HOSTILE },
    bypass: { grade: 'high', ways: [HOSTILE, 'vpn'], lastAt: Date.now() },
  })
  await tell(
    box,
    [hostile],
    networksTold({
      networks: [network({ name: HOSTILE, group: HOSTILE, forwarders: [HOSTILE.slice(0, 40)] })],
    }),
  )
  const id = encodeURIComponent(hostile.id)
  const asked = encodeURIComponent(HOSTILE)
  for (const path of [
    '/devices',
    '/devices?fragment=rows',
    `/devices/${id}`,
    `/devices/${id}?fragment=detail`,
    `/devices?text=${asked}&group=${asked}&network=${asked}&band=${asked}&only=${asked}&box=${asked}`,
    '/networks',
    '/networks?fragment=rows',
    `/networks?box=${asked}`,
    '/devices.csv',
    `/devices/${asked}`,
  ]) {
    const page = await collector.page(path, cookie)
    const html = await page.text()
    t.ok([200, 404].includes(page.status), `${page.status} ${path}`)
    // A field and the value of a choice are what was asked for: they are sent back, not read.
    const read = html.replaceAll(/ value="[^"]*"/g, '')
    if (path.endsWith('.csv')) t.notMatch(read, /\u202E|\n[^"]/, path)
    else t.notMatch(read, ALIVE, path)
    t.notMatch(html, '[object Object]', path)
    if (!path.includes('?text') && page.status === 200 && !path.endsWith('.csv'))
      t.match(html, '&lt;script&gt;', `${path} shows it`)
  }
})

t.test('each filter narrows the list, stands in the address and can be taken away', async (t) => {
  const { box, ids, read } = await started(t)
  const now = Date.now()
  const rows: Readonly<Record<string, DeviceRow>> = {
    plain: device(1),
    fresh: device(2, { firstSeenAt: now - HOUR_MS }),
    nameless: device(3, { vendor: 'Example Works' }),
    random: device(4, { isRandomMac: true }),
    round: device(5, { bypass: { grade: 'low', ways: ['dns'], lastAt: now } }),
    staff: device(6, {
      group: known('staff', 95, 'owners'),
      user: known('H.Teacher', 95, 'radius'),
      network: '198.51.100.0/24',
      addresses: ['198.51.100.7', '2001:db8::7'],
    }),
  }
  const { name: _name, ...nameless } = rows['nameless'] ?? device(3)
  await tell(
    box,
    [...Object.values(rows).filter(({ id }) => id !== nameless.id), nameless],
    networksTold({
      networks: [
        network(),
        network({ network: '198.51.100.0/24', name: 'Staff room', group: 'staff' }),
      ],
    }),
  )
  const only = async (path: string, ...which: readonly string[]) =>
    t.same(new Set(await ids(path)), new Set(which.map((one) => rows[one]?.id)), path)
  await only('/devices', 'plain', 'fresh', 'nameless', 'random', 'round', 'staff')
  await only('/devices?only=new', 'fresh')
  await only('/devices?only=unknown', 'nameless')
  await only('/devices?only=random', 'random')
  await only('/devices?only=round', 'round')
  await only('/devices?only=round&only=random')
  await only('/devices?group=staff', 'staff')
  await only('/devices?network=198.51.100.0%2F24', 'staff')
  await only('/devices?band=certain', 'staff')
  await only('/devices?band=fair', 'plain', 'fresh', 'random', 'round')
  await only('/devices?text=h.tea', 'staff')
  await only('/devices?text=2001:db8::7', 'staff')
  await only('/devices?text=example%20works', 'nameless')
  await only('/devices?text=%25')
  await only(`/devices?text=${rows['plain']?.id.toUpperCase().replaceAll(':', '-')}`, 'plain')
  const html = await read('/devices?group=staff&only=new&text=x')
  t.match(html, 'href="/devices?text=x&amp;only=new"')
  t.match(html, 'href="/devices?text=x&amp;group=staff"')
  t.match(html, 'href="/devices?group=staff&amp;only=new"')
  t.match(html, 'No device matches these filters')
  t.match(await read('/devices?group=staff'), '1 device match', 'counted')
  const tiles = await read('/devices')
  for (const words of [
    '6</span> devices',
    '1</span> new in 24 hours',
    '1</span> not known',
    '1</span> with a made-up address',
    '1</span> going round the filter',
  ])
    t.match(tiles, words)
  t.match(tiles, 'Nobody logs on here: RADIUS is not set up')
})

t.test(
  '10,000 devices are read a page at a time, each within 200 ms',
  { timeout: 60_000 },
  async (t) => {
    const { box, read } = await started(t)
    await tell(box, devices(DEVICES_MAX))
    const times: string[] = []
    // By the clock of this process, which has server and client: the machine may be busy with other things.
    const timed = async (path: string) => {
      await read(path)
      const before = process.cpuUsage()
      await read(path)
      const { user, system } = process.cpuUsage(before)
      const ms = Math.round((user + system) / 1000)
      times.push(`${path} ${ms} ms`)
      t.ok(ms < PAGE_MS_MAX, `${path} took ${ms} ms`)
    }
    for (const path of [
      '/devices',
      '/devices?page=200',
      '/devices?text=device-99',
      '/devices?text=nothing-at-all',
      '/devices?band=fair&only=random&group=ks3',
      '/devices?fragment=rows',
      `/devices/${device(4711).id}`,
      '/networks',
    ])
      await timed(path)
    t.comment(times.join('; '))
    const last = await read('/devices?page=200')
    t.match(last, '9,951 to 10,000 of 10,000 devices')
    t.notMatch(last, 'rel="next"')
    t.match(await read('/devices?page=999'), '9,951 to 10,000 of', 'beyond the end is the end')
    t.match(await read('/devices?page=-1'), '1 to 50 of')
    t.match(await read('/devices?page=100'), 'govuk-pagination__item--ellipsis')
  },
)

t.test('over all pages each device stands once, by name, those without one last', async (t) => {
  const { box, ids, read } = await started(t, { limits: { devicesPageSize: 20 } })
  const { name: _name, ...nameless } = device(500)
  await tell(box, [nameless, ...devices(130)])
  const seen: string[] = []
  for (let page = 1; page <= 7; page++) seen.push(...(await ids(`/devices?page=${page}`)))
  t.equal(seen.length, 131)
  t.equal(new Set(seen).size, 131)
  t.equal(seen.at(-1), nameless.id)
  t.match(await read('/devices?page=7&text=device-1'), '41 to 41 of 41 devices match, of 131')
})

t.test('a device’s page tells what is known, from where, and what would help', async (t) => {
  const { box, read, collector, cookie } = await started(t)
  const now = Date.now()
  const { mac: _mac, ...routed } = device(3, {
    id: '192.0.2.3',
    name: known('desk', 95, 'owners'),
    user: known('p.upil', 45, 'edns'),
  })
  await tell(box, [
    device(1, {
      user: known('h.teacher', 95, 'radius'),
      name: known('trolley-7', 92, 'owners'),
      group: known('staff', 95, 'owners'),
      vendor: 'Example Works',
      dhcp: { vendorClass: 'MSFT 5.0', fingerprint: '1,3,6,15' },
      addresses: ['192.0.2.1', '2001:db8::1'],
      bypass: { grade: 'medium', ways: ['dot', 'smoke-signals'], lastAt: now - 60_000 },
    }),
    device(2, { isRandomMac: true }),
    routed,
  ])
  const known1 = await read(`/devices/${device(1).id}`)
  for (const words of [
    'trolley-7',
    'h.teacher',
    'From a logon (RADIUS), since',
    'From the import of device owners',
    '95%',
    'Example Works',
    'Calls itself in DHCP',
    'MSFT 5.0',
    'Asks DHCP for',
    '1,3,6,15',
    '2001:db8::1',
    'port 853',
    'Another way: smoke-signals',
    'An alert may name the person',
    'Nothing: it is known as well as it can be',
  ])
    t.match(known1, words)
  const random = await read(`/devices/${device(2).id}`)
  for (const words of [
    'made up by the device',
    'Turn off the made-up address',
    'Set up RADIUS accounting',
    'An alert about it names no child',
    'The box watches no network',
    'Give it a group of its own',
  ])
    t.match(random, words)
  const behind = await read('/devices/192.0.2.3')
  t.match(behind, 'a router stands between the device and the box')
  t.match(behind, 'names no child', 'a person that is fairly known is not named')
  t.match(behind, 'not surely who uses it', 'though the device is well known')
  const list = await read('/devices')
  t.match(list, /<bdi>p\.upil<\/bdi> <span class="edge-quiet">\(fair\)/, 'nor in the list')
  t.match(list, /<bdi>h\.teacher<\/bdi><\/span>/, 'who is as sure as the device')
  const csv = await read('/devices.csv')
  t.match(csv, '"p.upil","Fair"')
  for (const path of [
    '/devices/192.0.2.77',
    '/devices/x',
    '/devices/%00',
    `/devices/${'1'.repeat(90)}`,
  ])
    t.equal((await collector.page(path, cookie)).status, 404, path)
  await tell(box, [device(2)], networksTold({ sources: ['radius', 'capture'] }))
  const watched = await read(`/devices/${device(2).id}`)
  t.match(watched, 'See why no logon names this device')
  t.notMatch(watched, 'The box watches no network')
})

t.test('networks: shares in words and figures, warnings, what to change', async (t) => {
  const { box, read } = await started(t)
  const since = Date.now() - HOUR_MS
  await tell(
    box,
    [device(1, { network: '192.0.2.0/24' }), device(2, { network: '192.0.2.0/24' })],
    networksTold({
      networks: [
        network({
          network: 'other',
          name: undefined,
          group: 'ks1',
          addresses: { ...NO_COUNTS, none: 2 },
        } as object),
        network({
          addresses: { certain: 3, strong: 3, fair: 2, weak: 1, none: 1 },
          queries: { certain: 1234, strong: 0, fair: 0, weak: 0, none: 9 },
        }),
        network({ network: '198.51.100.0/24', name: 'Empty', addresses: NO_COUNTS }),
        network({
          network: '203.0.113.0/24',
          name: 'Servers',
          addresses: { ...NO_COUNTS, none: 1 },
          hiddenSchool: { by: 'share', address: '203.0.113.10', share: 0.934, since },
          forwarders: ['203.0.113.53'],
        }),
      ],
    }),
  )
  const html = await read('/networks')
  for (const words of [
    '60% of 10 addresses that asked within the last day are known well',
    '2 devices',
    'No address in it has asked within the last day',
    'One address, 203.0.113.10, asks 93% of all the questions, since',
    'is believed about whom: <span class="edge-mono edge-break">203.0.113.53',
    'declare the server that asks for them under identity.forwarders',
    'In no network of yours',
    'Add their network under networks',
    'Nobody logs on here: RADIUS is not set up',
    '1,234',
    'href="/devices?network=192.0.2.0%2F24"',
  ])
    t.match(html, words)
  t.ok(html.indexOf('Servers') < html.indexOf('Pupils'), 'warnings first')
  t.ok(html.indexOf('In no network of yours') > html.indexOf('Empty'), 'what is nobody’s last')
  const widths = [...html.matchAll(/<rect [^>]* y="0" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
  t.same(widths.slice(1, 6), [30, 30, 20, 10, 10], 'the bar has the same shares')
  t.notMatch(html, /style="/, 'nothing inline')
})

t.test('empty pages say what to do', async (t) => {
  const { box, read, collector, cookie } = await started(t)
  t.match(await read('/devices'), 'No box has told of its devices yet')
  t.match(await read('/networks'), 'No box has told of its networks yet')
  t.equal((await collector.page('/devices.csv', cookie)).status, 404)
  await tell(box, [], networksTold({ networks: [] }))
  const none = await read('/devices')
  t.match(none, 'No device has asked yet')
  t.match(none, 'option 6')
  t.match(await read('/networks'), 'No network is configured')
})

t.test('of several boxes each has its own devices, at addresses of its own', async (t) => {
  const collector: RunningCollector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const [north, south, quiet] = ['North', 'South', 'Quiet'].map((name) =>
    collector.client({ name }),
  )
  if (!north || !south || !quiet) throw new Error('three boxes')
  const row = (name: string) => device(1, { name: known(name), network: '192.0.2.0/24' })
  await tell(north, [row('north-device')])
  await tell(south, [row('south-device')])
  const cookie = await collector.signIn()
  const read = async (path: string) => (await collector.page(path, cookie)).text()
  const first = await read('/devices')
  t.match(first, 'north-device')
  t.notMatch(first, 'south-device')
  const second = await read(`/devices?box=${south.appliance}`)
  t.match(second, 'south-device')
  t.notMatch(second, 'north-device')
  const href = /href="(\/devices\/[^"]+)"/.exec(second)?.[1] ?? ''
  t.match(href, `box=${south.appliance}`)
  const page = await read(href.replaceAll('&amp;', '&'))
  t.match(page, 'south-device')
  t.match(
    await read(`/networks?box=${south.appliance}`),
    `/devices?box=${south.appliance}&amp;network=`,
  )
  t.match(
    await read(`/devices?box=${quiet.appliance}`),
    'told of its devices yet',
    'not those of another',
  )
  t.match(await read('/appliances'), `href="/devices?box=${south.appliance}"`)
  t.match(await read('/appliances'), `href="/networks?box=${south.appliance}"`)
})

t.test('the export for spreadsheets has every cell inert', async (t) => {
  const { box, collector, cookie } = await started(t)
  const evil = [
    "=cmd|' /C calc'!A0",
    '+1+1',
    '-2+3',
    '@SUM(1)',
    '\t=1',
    ' =1',
    '|x',
    '%x',
    '\uFF1D1',
    'a"b,c\nd',
    ...HOSTILE_NAMES,
  ]
  await tell(
    box,
    evil.map((text, index) =>
      device(index, { name: known(text), user: known(text), group: known(text), vendor: text }),
    ),
  )
  const answer = await collector.page('/devices.csv', cookie)
  t.match(answer.headers.get('content-type'), 'text/csv')
  t.match(answer.headers.get('content-disposition'), 'attachment; filename="devices.csv"')
  t.equal(answer.headers.get('cache-control'), 'no-store')
  const text = Buffer.from(await answer.arrayBuffer()).toString('utf8')
  t.ok(text.startsWith('\uFEFF"Name",'), 'spreadsheets see that it is UTF-8')
  const rows = parseCsv(text.slice(1))
  t.equal(rows.length, evil.length + 1)
  for (const cells of rows) {
    t.equal(cells.length, 17)
    for (const cell of cells) t.notMatch(cell, /^\s*[=+\-@|%\uFF1D]/, `inert: ${cell}`)
  }
  const names = rows.map(([name]) => name)
  t.ok(names.includes("'=cmd|' /C calc'!A0"))
  t.ok(names.includes("'-2+3"))
  t.ok(names.includes('a"b,c\\u{a}d'), 'and nothing is lost')
  const some = await (await collector.page('/devices.csv?text=1%2B1', cookie)).text()
  t.equal(parseCsv(some).length, 2, 'what matches, and no more')
})

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  for (const line of text.split('\r\n').filter((one) => one !== ''))
    rows.push(
      [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) =>
        cell.replaceAll('""', '"'),
      ),
    )
  return rows
}
