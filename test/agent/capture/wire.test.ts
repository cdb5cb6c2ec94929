/** A real agent that captures, on a wire where everything goes wrong: its answers are never away, and who goes elsewhere is still told. */
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { type CaptureLab, makeLab, noLab, until } from '#test/support/capture-lab.ts'
import { makeRandom, mutate } from '#test/support/mutated-packets.ts'
import { arp, clientHello, dnsQuestion, tcp, tlsRecord, udp } from '#test/support/packets.ts'
import { samplePackets } from '#test/support/sample-packets.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'supercloud-edge')
const LOOP = join(import.meta.dirname, 'dns-loop-child.ts')
const PORT = 5300
const METRICS_PORT = 9153
const TOLD_WITHIN_MS = 10_000
const skip = noLab()
t.setTimeout(115_000)

async function startAgent(lab: CaptureLab, source: string) {
  const config = join(lab.folder, 'edge.yaml')
  const state = join(lab.folder, 's')
  mkdirSync(state, { mode: 0o700 })
  writeFileSync(
    config,
    JSON.stringify({
      listen: {
        dns: [{ address: '127.0.0.1', port: PORT }],
        metrics: { address: '127.0.0.1', port: METRICS_PORT },
      },
      networks: [{ cidr: '127.0.0.0/8', group: 'staff' }],
      capture: { interfaces: ['cap0'], source, resolvers: ['198.51.100.10'] },
    }),
  )
  const agent = lab.inBox([PROGRAM, 'agent', '--supervised', '--state', state, '--config', config])
  let log = ''
  agent.stderr?.on('data', (part) => (log += String(part)))
  const figures = async (): Promise<string> => {
    const curl = lab.inBox(['curl', '-s', `http://127.0.0.1:${METRICS_PORT}/metrics`])
    let text = ''
    curl.stdout?.on('data', (part) => (text += String(part)))
    await once(curl, 'close')
    return text
  }
  const figure = async (name: string): Promise<number> => {
    const line = (await figures()).split('\n').find((one) => one.startsWith(`${name} `))
    return Number(line?.split(' ').at(-1) ?? Number.NaN)
  }
  const isRunning = async (): Promise<boolean> => (await figure('edge_capture_up')) === 1
  await becomes('the agent to capture', isRunning, () => log)
  const loop = lab.inBox([process.execPath, LOOP, String(PORT)])
  let asked = ''
  loop.stdout?.on('data', (part) => (asked += String(part)))
  await until('the questions', () => asked.includes('asks'))
  const answers = async (): Promise<{ asked: number; lost: number; slowestMs: number }> => {
    loop.kill('SIGTERM')
    await once(loop, 'close')
    return JSON.parse(asked.split('\n')[1] ?? '{}')
  }
  return { agent, log: () => log, figure, isRunning, answers }
}

async function becomes(
  what: string,
  holds: () => Promise<boolean>,
  log: () => string,
  withinMs = 40_000,
): Promise<number> {
  const startedMs = performance.now()
  while (!(await holds())) {
    if (performance.now() - startedMs > withinMs)
      throw new Error(`waited in vain for ${what}:\n${log()}`)
    await sleep(200)
  }
  return performance.now() - startedMs
}

const elsewhere = 'edge_capture_reports_total{kind="went-elsewhere"}'

for (const source of ['cap', 'tcpdump'])
  t.test(`${source}: flaps, a flood and mutated packets`, { skip }, async (t) => {
    const lab = makeLab(t)
    const box = await startAgent(lab, source)

    await lab.send([
      udp({ from: '192.0.2.40', to: '192.0.2.2' }, [40_000, 53], dnsQuestion()),
      udp({ from: '192.0.2.40', to: '198.51.100.10' }, [40_000, 53], dnsQuestion()),
      tcp(
        { from: '192.0.2.40', to: '198.51.100.11' },
        [40_000, 443],
        tlsRecord(clientHello('www.example.org')),
      ),
      arp('02:00:5e:00:53:40', '192.0.2.40'),
    ])
    await becomes(
      'the device to be seen',
      async () => (await box.figure('edge_capture_reports_total{kind="device-seen"}')) > 0,
      box.log,
    )
    t.equal(await box.figure(elsewhere), 0, 'a device that goes nowhere else is not told')

    await lab.send([
      udp({ from: '192.0.2.41', to: '198.51.100.53' }, [40_000, 53], dnsQuestion()),
      tcp(
        { from: '192.0.2.42', to: '198.51.100.54' },
        [40_000, 853],
        tlsRecord(clientHello('dot.example.net')),
      ),
      tcp(
        { from: '192.0.2.43', to: '198.51.100.55' },
        [40_000, 443],
        tlsRecord(clientHello('dns.google')),
      ),
    ])
    const tookMs = await becomes(
      'three to be told',
      async () => (await box.figure(elsewhere)) === 3,
      box.log,
      TOLD_WITHIN_MS,
    )
    t.comment(`${source}: DNS, DoT and DoH elsewhere told after ${Math.round(tookMs)} ms`)

    await lab.flap(20, 60)
    await becomes('capturing after 20 flaps', box.isRunning, box.log)
    t.comment(
      `${source}: ${await box.figure('edge_capture_starts_total')} starts of the process over 20 flaps`,
    )

    const before = await box.figure('edge_capture_packets_total')
    const { sent, tookMs: floodMs } = await lab.send([arp('02:00:5e:00:53:01', '192.0.2.50')], {
      perSecond: 200_000,
      count: 600_000,
      isSpoofed: true,
    })
    await sleep(11_000) // The sums come every ten seconds.
    const seen = (await box.figure('edge_capture_packets_total')) - before
    const dropped = await box.figure('edge_capture_dropped_packets_total')
    t.comment(
      `${source}: flood of ${Math.round(sent / floodMs)}k/s for ${floodMs} ms: ${Math.round((100 * seen) / sent)} % seen, ${dropped} counted as dropped, ` +
        `${await box.figure('edge_capture_turned_away_total')} turned away, ${memoryOfCapture(box.agent.pid ?? 0)} MiB`,
    )
    t.ok(seen > 0)
    t.ok(memoryOfCapture(box.agent.pid ?? 0) < 200)

    const random = makeRandom(11)
    const samples = samplePackets()
    await lab.send(
      Array.from({ length: 100_000 }, () => mutate(samples, random)),
      { perSecond: 50_000 },
    )
    await becomes('capturing after 100,000 mutated packets', box.isRunning, box.log)
    const told = await box.figure(elsewhere)
    await lab.send([udp({ from: '192.0.2.44', to: '198.51.100.57' }, [40_000, 53], dnsQuestion())])
    await becomes(
      'one more to be told',
      async () => (await box.figure(elsewhere)) > told,
      box.log,
      TOLD_WITHIN_MS,
    )

    const { asked, lost, slowestMs } = await box.answers()
    t.comment(
      `${source}: ${asked} questions, ${lost} lost, the slowest answer after ${slowestMs} ms`,
    )
    t.equal(lost, 0)
    t.ok(asked > 100)
    t.equal(box.agent.exitCode, null)
    t.equal(await box.figure('edge_capture_refused_frames_total'), 0)
    t.notMatch(box.log(), /192\.0\.2\.4|example|dns\.google/, 'no device and no name is in the log')
  })

/** Of all processes below the agent that capture, in MiB. */
function memoryOfCapture(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
  return children.reduce((sum, child) => {
    const words = readFileSync(`/proc/${child}/cmdline`, 'utf8')
    const kib = Number(
      /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0,
    )
    return sum + (words.includes('capture') ? Math.round(kib / 1024) : 0)
  }, 0)
}
