/** What the agent believes a capture process, however hostile that has become. */
import { connect } from 'node:net'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { INTAKE_LIMITS, takeReports } from '#agent/capture/report-intake.ts'
import { readReport } from '#agent/capture/report-schema.ts'
import { NO_INTERFACES, type RunningCapture, startCapture } from '#agent/capture/start-capture.ts'
import { Faults } from '#agent/faults.ts'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import type { CaptureReport } from '#domain/capture-report.ts'
import { systemClock } from '#platform/clock.ts'
import { frameOf } from '#platform/frames.ts'
import { makeLog } from '#platform/log.ts'
import { until } from '#test/support/capture-lab.ts'
import { shortFolder } from '#test/support/short-folder.ts'

const CHILD = join(import.meta.dirname, 'fake-capture-child.ts')
const SEEN = { kind: 'device-seen', by: 'arp', mac: '02:00:5e:00:53:01', address: '192.0.2.30' }
const WENT = {
  kind: 'went-elsewhere',
  way: 'dns',
  sign: 'port-53',
  address: '192.0.2.30',
  server: '198.51.100.53',
  port: 53,
  packets: 1,
}
const TOOLS = { cap: undefined, tcpdump: '/usr/bin/tcpdump' }

function configOf(capture: object) {
  const config = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
  return { ...config, capture: { ...config.capture, interfaces: ['eth0'], ...capture } }
}

function start(t: Test, more: Partial<Parameters<typeof startCapture>[0]> = {}) {
  const reports: CaptureReport[] = []
  const faults = new Faults(systemClock)
  const capture: RunningCapture = startCapture({
    config: configOf({}),
    clock: systemClock,
    log: makeLog('test', 'silent'),
    faults,
    onReport: (report) => reports.push(report),
    tools: TOOLS,
    mayCapture: true,
    command: [process.execPath, CHILD, 'well'],
    ...more,
  })
  t.teardown(() => capture.close())
  return { capture, reports, faults }
}

t.test('only what a capture process tells is a report', (t) => {
  for (const good of [
    SEEN,
    { ...SEEN, hostname: 'lab-07', fingerprint: '1,3,6', vendorClass: 'x' },
    { ...WENT, name: 'doh.example.org', mac: SEEN.mac },
    {
      kind: 'rogue-server-seen',
      part: 'dhcp',
      mac: SEEN.mac,
      address: 'fe80::1',
      detail: 'resolvers 192.0.2.1',
    },
    {
      kind: 'capture-tally',
      packets: 1,
      dropped: 0,
      malformed: 0,
      reportsDropped: 0,
      turnedAway: 0,
    },
    { kind: 'source-changed', interface: 'eth0', source: 'cap', state: 'down', detail: 'x' },
  ])
    t.strictSame(readReport(good), good)
  for (const bad of [
    undefined,
    null,
    [],
    'device-seen',
    {},
    { ...SEEN, kind: 'other' },
    { ...SEEN, mac: '02-00-5E-00-53-01' },
    { ...SEEN, mac: '01:00:5e:00:00:01' },
    { ...SEEN, address: '192.0.2.300' },
    { ...SEEN, address: '2001:DB8::1' },
    { ...SEEN, address: '192.0.2.1%eth0' },
    { ...SEEN, hostname: 'x'.repeat(129) },
    { ...SEEN, hostname: '' },
    { ...SEEN, fingerprint: '1,3,6;' },
    { ...SEEN, more: 1 },
    { ...WENT, way: 'carrier-pigeon' },
    { ...WENT, port: 65_536 },
    { ...WENT, packets: -1 },
    { ...WENT, packets: 1.5 },
    { ...WENT, packets: Number.MAX_VALUE },
    { ...WENT, name: '<b>' },
    {
      kind: 'rogue-server-seen',
      part: 'dhcp',
      mac: SEEN.mac,
      address: 'fe80::1',
      detail: '\u001b[2J',
    },
    { kind: 'source-changed', interface: 'x'.repeat(16), source: 'cap', state: 'down', detail: '' },
  ])
    t.equal(readReport(bad), undefined, JSON.stringify(bad))
  t.end()
})

t.test(
  'a frame that is too long, or no JSON, or too many that are no reports end it',
  async (t) => {
    const tooLong = Buffer.alloc(4)
    tooLong.writeUInt32BE(INTAKE_LIMITS.frameBytes + 1)
    const noJson = Buffer.concat([Buffer.of(0, 0, 0, 3), Buffer.from('{"a')])
    const odd = Buffer.concat(
      Array.from({ length: INTAKE_LIMITS.refused }, () => frameOf({ kind: 'odd' })),
    )
    for (const [bytes, why] of [
      [tooLong, /4097 bytes/],
      [Buffer.of(0, 0, 0, 0), /0 bytes/],
      [noJson, /no JSON/],
      [odd, /20 frames/],
    ] as const) {
      const broken: string[] = []
      const reports: CaptureReport[] = []
      const stream = new PassThrough()
      takeReports(stream, systemClock, {
        onReport: (report) => reports.push(report),
        onBroken: (text) => broken.push(text),
        onRefused: () => undefined,
      })
      stream.write(frameOf(SEEN))
      stream.write(bytes)
      stream.write(frameOf(SEEN))
      await sleep(20)
      t.match(broken, [why])
      t.equal(broken.length, 1)
      t.equal(reports.length, 1, 'what came before counts, what comes after does not')
    }
  },
)

t.test('so much is read a second, and no more', async (t) => {
  const stream = new PassThrough()
  let reports = 0
  takeReports(stream, systemClock, {
    onReport: () => reports++,
    onBroken: () => t.fail(),
    onRefused: () => t.fail(),
  })
  const frame = frameOf(SEEN)
  const many = Buffer.concat(Array.from({ length: 4000 }, () => frame))
  const startedMs = performance.now()
  let written = 0
  while (performance.now() - startedMs < 1500) {
    if (!stream.writableNeedDrain) {
      stream.write(many)
      written += many.length
    }
    await sleep(1)
  }
  const readBytes = reports * frame.length
  const allowed = INTAKE_LIMITS.bytesAtOnce + 2 * INTAKE_LIMITS.bytesPerSecond + 2 * many.length
  t.ok(readBytes <= allowed, `${readBytes} of at most ${allowed} bytes`)
  t.ok(readBytes >= INTAKE_LIMITS.bytesAtOnce)
  t.ok(written < readBytes + 4 * many.length, 'the rest waits at the other end')
})

t.test('the reports of a process that is well come through, and its state is shown', async (t) => {
  const { capture, reports } = start(t)
  await until('reports', () => reports.length >= 3)
  t.match(reports, [{ kind: 'source-changed' }, SEEN, { kind: 'capture-tally' }])
  t.match(capture.status(), {
    state: 'running',
    detail: 'eth0 by tcpdump',
    sources: [{ interface: 'eth0' }],
  })
  t.match(capture.readings(), { isUp: true, starts: 1, framesRefused: 0, tally: { packets: 7 } })
  capture.use(configOf({ resolvers: ['192.0.2.53'] }))
  await until('another start', () => capture.readings().starts === 2)
  await until('its sums', () => capture.readings().tally.packets === 14)
  capture.use(configOf({ resolvers: ['192.0.2.53'] }))
  await sleep(200)
  t.equal(capture.readings().starts, 2, 'the same configuration means the same process')
  capture.use(configOf({ interfaces: [] }))
  await until('an end', () => capture.status().state === 'off')
  t.equal(capture.status().detail, NO_INTERFACES)
})

t.test('a process that dies is started again, one that sends rubbish is ended', async (t) => {
  const dying = start(t, { command: [process.execPath, CHILD, 'dies'] })
  await until('a second start', () => dying.capture.readings().starts >= 2, 20_000)
  t.match(
    dying.faults.all().at(-1)?.text,
    /ended \((Assertion failed|SIGABRT).*starts again in 1 s/,
  )
  const broken = start(t, { command: [process.execPath, CHILD, 'rubbish'] })
  await until('a second start', () => broken.capture.readings().starts >= 2, 20_000)
  t.ok(broken.capture.readings().framesRefused >= INTAKE_LIMITS.refused)
  t.match(
    broken.faults.all().map(({ text }) => text),
    [/starts again/, /is ended, for what it sent/],
  )
  t.equal(broken.reports.length, 0)
})

t.test('why nothing is captured is said in one line', async (t) => {
  const because = async (more: Parameters<typeof start>[1]): Promise<string> => {
    const { capture } = start(t, more)
    await sleep(20)
    t.not(capture.status().state, 'running')
    return capture.status().detail
  }
  t.equal(await because({ config: configOf({ interfaces: [] }) }), NO_INTERFACES)
  const none = { cap: undefined, tcpdump: undefined }
  t.match(await because({ tools: none }), /cap is not built, and tcpdump is not there: install/)
  t.match(
    await because({ tools: none, config: configOf({ source: 'cap' }) }),
    /cap is not built: install libpcap-dev/,
  )
  t.match(
    await because({ tools: none, config: configOf({ source: 'tcpdump' }) }),
    /install the Debian package tcpdump/,
  )
  t.match(
    await because({ mayCapture: false }),
    /no CAP_NET_RAW: run it as root, or start supercloud-edge-capture/,
  )
})

t.test(
  'without the privilege the process of a unit may come to a socket, one at a time',
  async (t) => {
    const socket = join(shortFolder(t), 'capture.sock')
    const { capture, reports } = start(t, { mayCapture: false, socket })
    await until('the socket', () => /has not come/.test(capture.status().detail))
    await sleep(100)
    const come = () => {
      const connection = connect(socket)
      const state = { connection, isClosed: false, settings: '' }
      connection.on('data', (part) => (state.settings += String(part)))
      connection.on('close', () => (state.isClosed = true)).on('error', () => undefined)
      return state
    }
    const first = come()
    await until('settings', () => first.settings.includes('"interfaces":["eth0"]'))
    first.connection.write(
      frameOf({
        kind: 'source-changed',
        interface: 'eth0',
        source: 'cap',
        state: 'running',
        detail: '',
      }),
    )
    first.connection.write(frameOf(SEEN))
    await until('a report', () => reports.length === 2)
    t.equal(capture.status().state, 'running')
    const second = come()
    await until('the first to be hung up on', () => first.isClosed)
    await until('settings', () => second.settings.length > 0)
    second.connection.write(Buffer.alloc(100, 0xff))
    await until('the second to be hung up on', () => second.isClosed)
    t.equal(capture.status().state, 'waiting')
    const third = come()
    await until('settings', () => third.settings.length > 0)
    capture.use(configOf({ routers: ['fe80::9'] }))
    await until('the third to be hung up on', () => third.isClosed)
    const fourth = come()
    await until('other settings', () => fourth.settings.includes('fe80::9'))
  },
)
