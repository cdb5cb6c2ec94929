/** The same packets by all three sources: a file, the addon cap and tcpdump, each in the process that the agent starts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readCapture } from '#capture/capture.ts'
import type { CaptureReport } from '#domain/capture-report.ts'
import type { CaptureSettings, CaptureSource } from '#domain/capture-settings.ts'
import { findCaptureTools } from '#platform/capture-tools.ts'
import { systemClock } from '#platform/clock.ts'
import { frameOf, makeFrameReader } from '#platform/frames.ts'
import { type CaptureLab, makeLab, noLab, until } from '#test/support/capture-lab.ts'
import { makeRandom, mutate } from '#test/support/mutated-packets.ts'
import { arp, dnsQuestion, pcapFile, udp } from '#test/support/packets.ts'
import { samplePackets } from '#test/support/sample-packets.ts'
import { SETTINGS } from './capture-support.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts')
const SOURCES: readonly CaptureSource[] = ['cap', 'tcpdump']
const skip = noLab()
t.setTimeout(110_000)
/** What the kernels at both ends of the wire say by themselves. */
const isOfTest = (report: CaptureReport): boolean =>
  report.kind !== 'capture-tally' &&
  report.kind !== 'source-changed' &&
  !('mac' in report && report.mac !== undefined && !report.mac.startsWith('02:00:5e'))

const sorted = (reports: readonly CaptureReport[]): readonly string[] =>
  reports
    .filter(isOfTest)
    .map((report) => JSON.stringify(report, Object.keys(report).toSorted()))
    .toSorted()

/** A live capture knows that 2001:db8::/64 is on its own wire, a file does not. */
const settingsOf = (
  source: CaptureSource,
  more: Partial<CaptureSettings> = {},
): CaptureSettings => ({
  ...SETTINGS,
  interfaces: ['cap0'],
  source,
  networks: ['192.0.2.0/24', '2001:db8::/64'],
  ...more,
})

async function fromFile(
  packets: readonly Buffer[],
  folder: string,
): Promise<readonly CaptureReport[]> {
  const file = join(folder, 'sample.pcap')
  writeFileSync(file, pcapFile(packets))
  const reports: CaptureReport[] = []
  await readCapture(
    {
      settings: settingsOf('auto'),
      clock: systemClock,
      tools: findCaptureTools(),
      report: (report) => reports.push(report),
      reportsDropped: () => 0,
    },
    file,
  )
  return reports
}

function live(lab: CaptureLab, settings: CaptureSettings) {
  const child = lab.inBox([process.execPath, MAIN, 'capture', '--framed'])
  const reports: CaptureReport[] = []
  let said = ''
  const read = makeFrameReader(65_536, {
    onFrame: (value) => reports.push(value as CaptureReport),
    onBroken: (why) => (said += why),
  })
  child.stdout?.on('data', (part: Buffer) => read(part))
  child.stderr?.on('data', (part) => (said += String(part)))
  child.stdin?.write(frameOf(settings))
  const isRunning = (): boolean =>
    reports.findLast((report) => report.kind === 'source-changed')?.state === 'running'
  return { child, reports, isRunning, said: () => said }
}

t.test('all three tell the same of the same packets', { skip }, async (t) => {
  const packets = samplePackets()
  const lab = makeLab(t)
  const withoutMac = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replace(/"mac":"[^"]*",?/, '').replace(',}', '}')).toSorted()
  const expected = sorted(await fromFile(packets, lab.folder))
  t.ok(expected.length >= 22, `${expected.length} reports`)
  for (const source of SOURCES) {
    const { reports, isRunning, said } = live(lab, settingsOf(source))
    await until(`${source} to run: ${said()}`, isRunning)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const startedMs = performance.now()
    await lab.send(packets)
    for (let waited = 0; waited < 10_000 && sorted(reports).length < expected.length; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50))
    t.comment(
      `${source}: all told ${Math.round(performance.now() - startedMs)} ms after the first was sent`,
    )
    t.strictSame(withoutMac(sorted(reports)), withoutMac(expected), source)
    t.match(
      reports.find((report) => report.kind === 'went-elsewhere' && report.sign === 'port-53'),
      { mac: '02:00:5e:00:53:01', address: '192.0.2.30', server: '198.51.100.53', port: 53 },
      'with the evidence',
    )
  }
})

t.test(
  'every setting counts: with the right ones nobody goes elsewhere, and nobody is a rogue',
  { skip },
  async (t) => {
    const lab = makeLab(t)
    const quiet = settingsOf('tcpdump', {
      resolvers: [
        '198.51.100.53',
        '198.51.100.54',
        '198.51.100.57',
        '198.51.100.58',
        '2001:db8:53::53',
      ],
      dhcpServers: ['192.0.2.66'],
      routers: ['02:00:5e:00:53:66'],
      dohNames: [],
      dohAddresses: [],
      torAddresses: [],
    })
    const { reports, isRunning } = live(lab, quiet)
    await until('tcpdump to run', isRunning)
    await new Promise((resolve) => setTimeout(resolve, 300))
    await lab.send(samplePackets())
    await until('devices', () =>
      reports.some((report) => report.kind === 'device-seen' && report.by === 'mdns'),
    )
    await lab.send([udp({ from: '192.0.2.77', to: '198.51.100.111' }, [40_000, 53], dnsQuestion())])
    await until('the last packet', () => JSON.stringify(reports).includes('198.51.100.111'))
    t.strictSame(
      reports
        .flatMap((report) =>
          report.kind === 'went-elsewhere' || report.kind === 'rogue-server-seen' ? [report] : [],
        )
        .map((report) => report.address),
      ['192.0.2.77'],
    )
  },
)

t.test(
  '100,000 mutated packets on the wire: the process lives and still tells',
  { skip },
  async (t) => {
    const random = makeRandom(7)
    const samples = samplePackets()
    const packets = Array.from({ length: 100_000 }, () => mutate(samples, random))
    for (const source of SOURCES) {
      const lab = makeLab(t)
      const { child, reports, isRunning, said } = live(lab, settingsOf(source))
      await until(`${source} to run`, isRunning)
      const { sent } = await lab.send(packets, { perSecond: 20_000 })
      t.ok(
        sent > 80_000,
        `${sent} sent; the others are shorter than a header or longer than a frame`,
      )
      const isTold = (): boolean => JSON.stringify(reports).includes('198.51.100.112')
      const question = udp(
        { from: '192.0.2.78', to: '198.51.100.112' },
        [40_000, 53],
        dnsQuestion(),
      )
      // One that finds no room behind all the others is lost, as a packet is.
      for (let tries = 0; tries < 10 && !isTold(); tries++) {
        await lab.send([arp('02:00:5e:00:53:aa', '192.0.2.200'), question])
        await until('the next try', isTold, 3_000).catch(() => undefined)
      }
      t.ok(isTold(), `${source} tells after them`)
      t.equal(child.exitCode, null)
      t.equal(
        said()
          .replaceAll(/^Warning: .*$/gm, '')
          .trim(),
        '',
      )
      child.kill('SIGTERM')
    }
  },
)
