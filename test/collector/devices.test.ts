import { join } from 'node:path'
import t from 'tap'
import type { CollectorStore } from '#collector/store/collector-store.ts'
import { makeSqliteStore, openCollectorFile } from '#collector/store/sqlite-store.ts'
import {
  DEVICE_PART_BYTES_MAX,
  DEVICE_PART_ROWS_MAX,
  DEVICES_MAX,
  DEVICES_PATH,
} from '#domain/device-report.ts'
import { makeCollectorClient, makeStatus } from '../support/collector-client.ts'
import { startCollectorProcess } from '../support/collector-process.ts'
import {
  device,
  deviceReport,
  devices,
  known,
  network,
  networksTold,
} from '../support/device-rows.ts'
import { makeFakeWallClock } from '../support/fake-wall-clock.ts'
import { freeDnsPort } from '../support/free-port.ts'
import { runCollector } from '../support/running-collector.ts'
import { shortFolder } from '../support/short-folder.ts'

const DAY_MS = 86_400_000

const storeOf = (folder: string): CollectorStore =>
  makeSqliteStore(openCollectorFile(join(folder, 'c', 'collector.sqlite')), 10)
const all = { limit: 100_000, offset: 0 }

t.test(
  'a snapshot is shown once nothing of it is missing, and replaces the one before',
  async (t) => {
    const folder = shortFolder(t)
    const collector = await runCollector(folder)
    t.teardown(() => collector.close())
    const box = collector.client()
    const cookie = await collector.signIn()
    const page = async () => (await collector.page('/devices', cookie)).text()
    const part = (number: number, ids: readonly number[], isWhole: boolean) => ({
      ...deviceReport(
        box.appliance,
        ids.map((id) => device(id)),
        { series: 'one', part: number, isWhole },
      ),
    })
    t.equal((await box.postDevices(part(0, [1, 2], false))).status, 204)
    t.match(await page(), 'No box has told of its devices yet', 'half of it is nothing')
    t.equal((await box.postDevices(part(1, [3], true))).status, 204)
    const first = await page()
    for (const name of ['device-1', 'device-2', 'device-3']) t.match(first, name)

    const second = deviceReport(box.appliance, [device(4)], { series: 'two', isWhole: false })
    t.equal((await box.postDevices(second)).status, 204)
    t.match(await page(), 'device-1', 'the old one stands until the new one is whole')
    const rest = { ...second, part: 1, devices: [device(5)], isWhole: true }
    t.equal((await box.postDevices(rest)).status, 204)
    const now = await page()
    t.match(now, 'device-4')
    t.match(now, 'device-5')
    t.notMatch(now, 'device-1')
  },
)

t.test('later parts change what is shown, and only in step', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  const box = collector.client()
  const series = 'steady'
  const status = async (part: number, change: object) => {
    const report = deviceReport(box.appliance, [], { series, part, ...change })
    return (await box.postDevices(report)).status
  }
  t.equal(await status(3, {}), 409, 'a series begins with its first part')
  t.equal(await status(0, { devices: [device(1), device(2)] }), 204)
  t.equal(
    await status(1, { devices: [device(2, { name: known('renamed') })], gone: [device(1).id] }),
    204,
  )
  t.equal(
    await status(1, { devices: [device(9)] }),
    409,
    'the same number again may be another body',
  )
  t.equal(await status(3, { devices: [device(9)] }), 409, 'one is missing between')
  t.equal(
    await status(2, { networks: networksTold({ networks: [network({ name: 'Library' })] }) }),
    204,
  )
  const other = deviceReport(box.appliance, [device(7)], { series: 'half', isWhole: false })
  t.equal((await box.postDevices(other)).status, 204)
  const third = deviceReport(box.appliance, [device(8)], { series: 'third', isWhole: false })
  t.equal((await box.postDevices(third)).status, 204)
  t.equal(
    (await box.postDevices({ ...other, part: 1, isWhole: true })).status,
    409,
    'what was left unfinished was given up',
  )
  const metrics = await (await fetch(`${collector.metricsUrl}/metrics`)).text()
  t.match(metrics, 'edge_collector_device_parts_total 5')
  t.match(metrics, 'edge_collector_refusals_total{reason="out-of-step"} 4')
  await collector.close()

  const store = storeOf(folder)
  t.teardown(() => store.close())
  const owner = { tenant: 'local', appliance: box.appliance }
  t.match(await store.listDevices(owner, {}, all), {
    total: 1,
    devices: [{ name: { value: 'renamed' } }],
  })
  t.match(await store.networksOf(owner), { told: { networks: [{ name: 'Library' }] } })
  t.same((await store.listDevices({ ...owner, tenant: 'other' }, {}, all)).devices, [])
})

t.test('what is delivered', async (t) => {
  const collector = await runCollector(shortFolder(t))
  t.teardown(() => collector.close())
  const box = collector.client()
  const good = deviceReport(box.appliance, [device(1)])
  const row = device(2)
  const { name: _name, mac: _mac, ...small } = device(2, { addresses: [], group: known('a') })
  const refused: readonly (readonly [string, object])[] = [
    ['an id that is no address', { devices: [{ ...row, id: '../../etc/passwd' }] }],
    ['an id in another spelling', { devices: [{ ...row, id: row.id.toUpperCase() }] }],
    ['a broadcast address', { devices: [{ ...row, mac: 'ff:ff:ff:ff:ff:ff' }] }],
    ['an address that is none', { devices: [{ ...row, addresses: ['192.0.2.256'] }] }],
    ['an address in another spelling', { devices: [{ ...row, addresses: ['2001:DB8::1'] }] }],
    ['33 addresses', { devices: [{ ...row, addresses: Array(33).fill('192.0.2.1') }] }],
    ['a long name', { devices: [{ ...row, name: known('x'.repeat(256)) }] }],
    ['an unknown source', { devices: [{ ...row, name: { ...known('x'), source: 'rumour' } }] }],
    ['confidence over 100', { devices: [{ ...row, name: known('x', 101) }] }],
    ['no group', { devices: [{ ...row, group: undefined }] }],
    [
      'an unknown grade',
      { devices: [{ ...row, bypass: { grade: 'worst', ways: [], lastAt: 1 } }] },
    ],
    [
      '17 ways',
      { devices: [{ ...row, bypass: { grade: 'low', ways: Array(17).fill('dns'), lastAt: 1 } }] },
    ],
    ['a network that is none', { devices: [{ ...row, network: 'javascript:alert(1)' }] }],
    [
      'a share over 1',
      {
        networks: networksTold({
          networks: [
            network({ hiddenSchool: { by: 'share', address: '192.0.2.1', share: 1.1, since: 1 } }),
          ],
        }),
      },
    ],
    [
      'a negative count',
      {
        networks: networksTold({
          networks: [network({ queries: { certain: -1, strong: 0, fair: 0, weak: 0, none: 0 } })],
        }),
      },
    ],
    ['251 networks', { networks: networksTold({ networks: Array(251).fill(network()) }) }],
    ['too many rows', { devices: Array(DEVICE_PART_ROWS_MAX + 1).fill(small) }],
    ['a series that is no key', { series: '<b>' }],
    ['a part below zero', { part: -1 }],
    ['no version', { v: 2 }],
  ]
  for (const [what, change] of refused) {
    const answer = await box.postDevices({ ...good, ...change })
    t.equal(answer.status, 400, what)
    await answer.text()
  }
  t.equal(
    (await box.postDevices({ ...good, padding: 'x'.repeat(DEVICE_PART_BYTES_MAX) })).status,
    413,
  )
  t.equal((await box.post(DEVICES_PATH, '{"v":1')).status, 400)
  t.equal(
    (await box.post(DEVICES_PATH, JSON.stringify(good), { 'content-type': 'application/json' }))
      .status,
    401,
    'unsigned',
  )
  const other = collector.client()
  t.equal((await box.postDevices({ ...good, appliance: other.appliance })).status, 403)
  const stranger = collector.client({ isEnrolled: false })
  t.equal((await stranger.postDevices(deviceReport(stranger.appliance, []))).status, 403)
  const cookie = await collector.signIn()
  t.match(
    await (await collector.page('/devices', cookie)).text(),
    'No box has told of its devices yet',
    'nothing of it was kept',
  )
  await box.postStatus(makeStatus(box.appliance))
  t.match(
    await (await collector.page('/knowledge', cookie)).text(),
    'What it tells of devices was refused',
    'the school can see it',
  )
  const many = { ...good, devices: Array(DEVICE_PART_ROWS_MAX).fill(small), newer: 1 }
  t.equal((await box.postDevices(many)).status, 204, 'a newer box may say more')
})

t.test('a box has 10,000 devices at most', { timeout: 60_000 }, async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  const box = collector.client()
  const rows = devices(DEVICES_MAX)
  const series = 'full'
  let part = 0
  for (let from = 0; from < rows.length; from += 500) {
    const report = deviceReport(box.appliance, rows.slice(from, from + 500), {
      series,
      part,
      isWhole: from + 500 >= rows.length,
    })
    t.equal((await box.postDevices(report)).status, 204)
    part += 1
  }
  const more = deviceReport(box.appliance, [device(DEVICES_MAX)], { series, part })
  t.equal((await box.postDevices(more)).status, 413)
  await collector.close()
  const store = storeOf(folder)
  t.teardown(() => store.close())
  const { total, devices: kept } = await store.listDevices(
    { tenant: 'local', appliance: box.appliance },
    {},
    all,
  )
  t.equal(total, DEVICES_MAX)
  t.notOk(kept.some(({ id }) => id === more.devices[0]?.id))
})

t.test('who was not seen for seven days is deleted, though its box is silent', async (t) => {
  const folder = shortFolder(t)
  const clock = makeFakeWallClock()
  const first = await runCollector(folder, { clock })
  const box = first.client({ now: clock.wallMs })
  const seen = (number: number, daysAgo: number) =>
    device(number, {
      firstSeenAt: clock.wallMs() - 30 * DAY_MS,
      lastSeenAt: clock.wallMs() - daysAgo * DAY_MS,
    })
  await box.postDevices(deviceReport(box.appliance, [seen(1, 1), seen(2, 5), seen(3, 8)]))
  const cookie = await first.signIn()
  const names = async (collector: typeof first) =>
    [...(await (await collector.page('/devices', cookie)).text()).matchAll(/device-\d/g)].map(
      String,
    )
  t.same(
    new Set(await names(first)),
    new Set(['device-1', 'device-2']),
    'too old to be taken at all',
  )
  await first.close()
  clock.advance(3 * DAY_MS)
  const second = await runCollector(folder, { clock })
  const again = await second.signIn()
  const html = await (await second.page('/devices', again)).text()
  t.match(html, 'device-1')
  t.notMatch(html, 'device-2')
  await second.close()
  clock.advance(5 * DAY_MS)
  const third = await runCollector(folder, { clock })
  t.match(await (await third.page('/devices', await third.signIn())).text(), 'No box has told')
  await third.close()
})

t.test('when a device was first seen outlives the box’s own memory', async (t) => {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  const box = collector.client()
  const now = Date.now()
  const early = now - 4 * DAY_MS
  await box.postDevices(deviceReport(box.appliance, [device(1, { firstSeenAt: early })]))
  await box.postDevices(deviceReport(box.appliance, []))
  const back = [device(1, { firstSeenAt: now - 1000 }), device(2, { firstSeenAt: now - 1000 })]
  await box.postDevices(deviceReport(box.appliance, back))
  await collector.close()
  const store = storeOf(folder)
  t.teardown(() => store.close())
  const owner = { tenant: 'local', appliance: box.appliance }
  t.equal((await store.device(owner, device(1).id))?.firstSeenAt, early)
  t.match(await store.deviceCounts(owner, now - DAY_MS), { devices: 2, fresh: 1 })
})

t.test('names and people are in no log, metric or answer', { timeout: 30_000 }, async (t) => {
  const folder = shortFolder(t, 'c', 'enrolled')
  const [port, metricsPort] = [await freeDnsPort(), await freeDnsPort()]
  const enrolledDir = join(folder, 'enrolled')
  // Enrolled first: the folder is read again once a second at most.
  const box = makeCollectorClient({ collectorUrl: `http://127.0.0.1:${port}`, enrolledDir })
  const collector = await startCollectorProcess({
    stateDir: join(folder, 'c'),
    enrolledDir,
    port,
    metricsPort,
  })
  t.teardown(() => collector.stop())
  const marked = device(1, {
    name: known('marked-name'),
    user: known('marked-person', 95, 'radius'),
  })
  t.equal((await box.postDevices(deviceReport(box.appliance, [marked]))).status, 204)
  const bad = { ...marked, name: { ...known('marked-name'), source: 'marked-source' } }
  const answer = await box.postDevices(deviceReport(box.appliance, [bad as typeof marked]))
  t.equal(answer.status, 400)
  t.notMatch(await answer.text(), 'marked-')
  for (const path of ['/metrics', '/metrics/fleet'])
    t.notMatch(await (await fetch(`http://127.0.0.1:${metricsPort}${path}`)).text(), 'marked-')
  t.notMatch(collector.log(), 'marked-')
  t.match(collector.log(), 'collector listens', 'the log is there')
})
