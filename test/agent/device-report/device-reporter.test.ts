/** The box's side of telling of devices, with the real sender over a socket to a real collector. */

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  type DeviceReporter,
  type DeviceReporterParts,
  makeDeviceReporter,
} from '#agent/device-report/device-reporter.ts'
import type { PostSigned } from '#agent/device-report/send-series.ts'
import { Poster } from '#agent/outbox/post-signed.ts'
import { makeSqliteStore, openCollectorFile } from '#collector/store/sqlite-store.ts'
import type { BypassFacts } from '#domain/bypass-event.ts'
import { DEVICES_MAX, type NetworksTold } from '#domain/device-report.ts'
import { failure } from '#domain/failure.ts'
import type { DeviceFacts } from '#domain/identity.ts'
import { systemClock } from '#platform/clock.ts'
import type { CollectorClient } from '../../support/collector-client.ts'
import { device, devices, known, network, networksTold } from '../../support/device-rows.ts'
import { type RunningCollector, runCollector } from '../../support/running-collector.ts'
import { shortFolder } from '../../support/short-folder.ts'

const EVERY_MS = 20
const all = { limit: 100_000, offset: 0 }

/** What the table would hold. */
interface Table {
  devices: readonly DeviceFacts[]
  networks: NetworksTold
  bypass: readonly BypassFacts[]
}

interface Lab {
  readonly folder: string
  readonly collector: RunningCollector
  readonly box: CollectorClient
  readonly table: Table
  readonly faults: string[]
  readonly post: PostSigned
  /** Bodies that were sent, oldest first. */
  readonly sent: string[]
  readonly start: (change?: Partial<DeviceReporterParts>) => DeviceReporter
}

async function lab(t: Test): Promise<Lab> {
  const folder = shortFolder(t)
  const collector = await runCollector(folder)
  t.teardown(() => collector.close())
  const box = collector.client()
  const poster = new Poster({
    collector: new URL(collector.consoleUrl),
    key: box.key,
    timeoutMs: 5000,
    answerBytesMax: 65_536,
    wallMs: systemClock.wallMs,
  })
  t.teardown(() => poster.close())
  const table: Table = { devices: [], networks: networksTold(), bypass: [] }
  const faults: string[] = []
  const sent: string[] = []
  const post: PostSigned = (path, body) => {
    sent.push(body)
    return poster.post(path, body)
  }
  const start = (change: Partial<DeviceReporterParts> = {}): DeviceReporter => {
    const reporter = makeDeviceReporter({
      appliance: box.appliance,
      devices: async () => table.devices,
      networks: () => table.networks,
      bypass: () => table.bypass,
      post,
      clock: systemClock,
      onFault: (text) => faults.push(text),
      everyMs: EVERY_MS,
      firstAfterMs: 0,
      ...change,
    })
    t.teardown(() => reporter.close())
    return reporter
  }
  return { folder, collector, box, table, faults, post, sent, start }
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await isSo()) return
    await sleep(10)
  }
  throw new Error(`did not come: ${what}`)
}

async function shown({ folder, box }: Lab, id?: string) {
  const store = makeSqliteStore(openCollectorFile(join(folder, 'c', 'collector.sqlite')), 10)
  try {
    const owner = { tenant: 'local', appliance: box.appliance }
    const page = await store.listDevices(owner, {}, all)
    const one = id === undefined ? undefined : await store.device(owner, id)
    return { ...page, one, told: (await store.networksOf(owner))?.told }
  } finally {
    store.close()
  }
}

const bytesOf = (sent: readonly string[]) => sent.map((body) => Buffer.byteLength(body))

t.test(
  '10,000 devices arrive in parts, and then only what changed',
  { timeout: 60_000 },
  async (t) => {
    const l = await lab(t)
    l.table.devices = devices(DEVICES_MAX)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const reporter = l.start()
    await until('all', () => reporter.readings().rowsTaken === DEVICES_MAX)
    delay.disable()
    t.equal((await shown(l)).total, DEVICES_MAX)
    const { partsTaken } = reporter.readings()
    t.ok(partsTaken >= 10, `${partsTaken} parts`)
    t.ok(Math.max(...bytesOf(l.sent)) <= 262_144, `largest ${Math.max(...bytesOf(l.sent))} bytes`)
    t.comment(
      `event loop held up to ${Math.round(delay.max / 1e5) / 10} ms, the collector's work included`,
    )

    l.table.devices = l.table.devices
      .slice(1)
      .map((one, index) => (index === 0 ? { ...one, name: known('renamed') } : one))
    await until('the change', () => reporter.readings().rowsTaken > DEVICES_MAX)
    const after = await shown(l, l.table.devices[0]?.id)
    t.equal(after.total, DEVICES_MAX - 1)
    t.equal(after.one?.name?.value, 'renamed')
    t.equal(reporter.readings().rowsTaken, DEVICES_MAX + 1, 'one row was sent again')
    t.equal(reporter.readings().startedOver, 0)
    t.same(l.faults, [])
  },
)

t.test('that somebody is still there is told every ten minutes only', async (t) => {
  const l = await lab(t)
  const lastSeenAt = (Math.floor(Date.now() / 600_000) - 1) * 600_000
  l.table.devices = [device(1, { lastSeenAt })]
  const reporter = l.start()
  await until('told', () => reporter.readings().rowsTaken === 1)
  l.table.devices = [device(1, { ...l.table.devices[0], lastSeenAt: lastSeenAt + 599_999 })]
  const { partsTaken } = reporter.readings()
  await until('some turns', () => reporter.readings().partsTaken > partsTaken + 3)
  t.equal(reporter.readings().rowsTaken, 1)
  l.table.devices = [device(1, { ...l.table.devices[0], lastSeenAt: lastSeenAt + 600_000 })]
  await until('told again', () => reporter.readings().rowsTaken === 2)
  t.equal((await shown(l, device(1).id)).one?.lastSeenAt, lastSeenAt + 600_000)
})

t.test('each device is told with its network and what it does round the filter', async (t) => {
  const l = await lab(t)
  const lastAt = Date.now() - 5000
  l.table.devices = [
    device(1, { addresses: ['192.0.2.130', '2001:db8::1'] }),
    device(2, { addresses: ['192.0.2.1'] }),
    device(3, { addresses: ['2001:db8:9::1'] }),
    device(4, { addresses: [] }),
    device(5, {
      name: known(`\u202E=cmd|${'x'.repeat(300)}`),
      vendor: `${'v'.repeat(254)}\u{1F600}`,
      dhcp: { vendorClass: 'c'.repeat(300), fingerprint: '' },
      addresses: Array.from({ length: 40 }, (_, n) => `192.0.2.${n + 1}`),
    }),
  ]
  l.table.networks = networksTold({
    networks: [
      network(),
      network({ network: '192.0.2.128/25', name: 'Upper half' }),
      network({ network: 'other', group: 'ks1' }),
    ],
  })
  l.table.bypass = [
    { id: device(1).id, grade: 'high', ways: ['vpn', 'doh'], lastAt },
    { id: '192.0.2.99', grade: 'low', ways: ['dns'], lastAt },
  ]
  const reporter = l.start()
  await until('told', () => reporter.readings().rowsTaken === 5)
  const rows = new Map((await shown(l)).devices.map((row) => [row.id, row]))
  const of = (number: number) => rows.get(device(number).id)
  t.equal(of(1)?.network, '192.0.2.128/25', 'the longest')
  t.same(of(1)?.bypass, { grade: 'high', ways: ['vpn', 'doh'], lastAt })
  t.equal(of(2)?.network, '192.0.2.0/24')
  t.equal(of(2)?.bypass, undefined)
  t.equal(of(3)?.network, 'other', 'in none')
  t.equal(of(4)?.network, undefined, 'no address')
  t.equal(of(5)?.name?.value.length, 255)
  t.ok(of(5)?.vendor?.isWellFormed(), 'no half of a character')
  t.strictSame(of(5)?.dhcp, { vendorClass: 'c'.repeat(255) }, 'nor what is empty')
  t.equal(of(5)?.addresses.length, 32)
  t.equal(reporter.readings().unknownBypass, 1, 'counted, as nothing shows it')
  l.table.bypass = []
  await until('it ended', async () => (await shown(l, device(1).id)).one?.bypass === undefined)
})

t.test('of more than 10,000 devices the newest are told', { timeout: 60_000 }, async (t) => {
  const l = await lab(t)
  const old = device(0, { lastSeenAt: Date.now() - 5 * 86_400_000 })
  l.table.devices = [old, ...devices(DEVICES_MAX + 1).slice(1)]
  const reporter = l.start()
  await until('all', () => reporter.readings().rowsTaken === DEVICES_MAX)
  t.equal((await shown(l)).total, DEVICES_MAX)
  t.equal(reporter.readings().leftOut, 1)
  t.equal((await shown(l, old.id)).one, undefined)
})

t.test('where all room is taken, those that went make it first', { timeout: 60_000 }, async (t) => {
  const one = await lab(t)
  const rows = devices(DEVICES_MAX + 1500)
  one.table.devices = rows.slice(0, DEVICES_MAX)
  const reporter = one.start({ everyMs: 500 })
  await until('all are told', () => reporter.readings().rowsTaken === DEVICES_MAX)
  one.table.devices = rows.slice(1500)
  await until('the others are told', () => reporter.readings().rowsTaken >= DEVICES_MAX + 1500)
  t.match(reporter.readings(), { refused: 0, rowsTaken: DEVICES_MAX + 1500 })
})

t.test('a collector that has forgotten is told everything again', async (t) => {
  const l = await lab(t)
  l.table.devices = devices(50)
  const reporter = l.start()
  await until('told', async () => (await shown(l)).total === 50)
  await l.collector.close()
  for (const end of ['', '-wal', '-shm'])
    rmSync(join(l.folder, 'c', `collector.sqlite${end}`), { force: true })
  const port = Number(new URL(l.collector.consoleUrl).port)
  const again = await runCollector(l.folder, { console: { host: '127.0.0.1', port } })
  t.teardown(() => again.close())
  await until('told again', async () => (await shown(l)).total === 50)
  await until('and knows it', () => reporter.readings().rowsTaken === 100)
  t.equal(reporter.readings().startedOver, 1)
})

t.test('while the collector is away it is asked less and less, and nothing is lost', async (t) => {
  const l = await lab(t)
  const port = Number(new URL(l.collector.consoleUrl).port)
  l.table.devices = devices(3)
  await l.collector.close()
  const reporter = l.start()
  await sleep(700)
  const { away } = reporter.readings()
  t.ok(away >= 3 && away <= 8, `asked ${away} times in 700 ms, not ${700 / EVERY_MS}`)
  const again = await runCollector(l.folder, { console: { host: '127.0.0.1', port } })
  t.teardown(() => again.close())
  await until('told', async () => (await shown(l)).total === 3)
})

t.test('an answer that is lost on the way does not lose what it was about', async (t) => {
  const l = await lab(t)
  l.table.devices = devices(3)
  let lost = 0
  const reporter = l.start({
    post: async (path, body) => {
      const answer = await l.post(path, body)
      if (lost > 0 || !body.includes('device-2')) return answer
      lost += 1
      return failure('timeout', 'the collector did not answer within 10 s')
    },
  })
  await until(
    'told',
    async () => (await shown(l)).total === 3 && reporter.readings().rowsTaken >= 3,
  )
  t.equal(lost, 1)
  t.equal(reporter.readings().startedOver, 1, 'the collector had gone on; a new series began')
  l.table.devices = devices(4)
  await until('and it goes on', async () => (await shown(l)).total === 4)
})

t.test('what the collector refuses is said, without a name', async (t) => {
  const l = await lab(t)
  l.table.devices = [device(1, { name: known('marked-name', 101) })]
  const reporter = l.start()
  await until('refused', () => reporter.readings().refused > 0)
  t.match(l.faults[0], /refuses what it is sent \(HTTP 400\)/)
  t.notMatch(l.faults.join(), /marked|device-1/)
  l.table.devices = [device(1)]
  await until('told', async () => (await shown(l)).total === 1)
})

t.test('a row that is no good does not stop the others', async (t) => {
  const l = await lab(t)
  l.table.devices = [
    device(1, { id: 'no address' }),
    device(2, { addresses: ['nonsense', '2001:DB8::2'], name: known(''), vendor: '' }),
    device(3),
  ]
  const reporter = l.start()
  await until('told', async () => (await shown(l)).total === 2)
  t.same((await shown(l, device(2).id)).one?.addresses, ['2001:db8::2'])
  t.equal(reporter.readings().leftOut, 1)
  t.same(l.faults, [])
})

t.test('a closed reporter sends no more', async (t) => {
  const l = await lab(t)
  const reporter = l.start()
  await until('told', () => reporter.readings().partsTaken > 0)
  reporter.close()
  await sleep(2 * EVERY_MS)
  const { length } = l.sent
  await sleep(5 * EVERY_MS)
  t.equal(l.sent.length, length)
})
