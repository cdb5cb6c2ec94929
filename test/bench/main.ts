/**
 * `npm run bench`: the rule engine by itself, then the agent beside dnsmasq and unbound with the same lists: time to the
 * first answer, memory, queries a second, CPU a query. Figures are printed, never asserted; compare them within one run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isFailure } from '#domain/failure.ts'
import { runDnsperf } from '#test/load/dnsperf.ts'
import { blockAllConfig, makeRandom } from '#test/load/school-lists.ts'
import { makeListTree, readNames } from '#test/load/ut1-tree.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { benchLocked } from './locked.ts'
import { installedPeers, type PeerServer, startPeer } from './peer-server.ts'
import { cpuSeconds, residentMib } from './process-figures.ts'
import { benchRules } from './rules.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const SECONDS = values.quick ? 2 : 8
const SYNTHETIC_NAMES = values.quick ? 200_000 : 1_000_000
const POPULAR_NAMES = 2_000
const QUESTIONS = 30_000

const folder = mkdtempSync(join(tmpdir(), 'edge-bench-'))
const upstream = await startRealUpstream({ everyName: '192.0.2.53' })
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  benchRules(SYNTHETIC_NAMES)
  benchLocked()
  await benchServers(upstream.port)
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function benchServers(upstreamPort: number): Promise<void> {
  const tree = makeListTree(join(folder, 'lists'))
  const names = readNames(tree)
  const listed = [...names]
  const untilBlocked = listed.at(-1) ?? ''
  const questions = makeMix(listed)
  print(
    `\n${names.size} names of ${tree.isReal ? 'UT1' : 'a made-up list'}; two thirds cached names, one third blocked`,
  )
  print('server    start ms  MiB after start  MiB under load  queries/s  CPU us/query')
  await measure(await startOurs(), questions)
  for (const peer of installedPeers())
    await measure(
      await startPeer(peer, { folder: join(folder, peer), names, upstreamPort, untilBlocked }),
      questions,
    )

  async function startOurs(): Promise<PeerServer> {
    const home = join(folder, 'ours')
    mkdirSync(home)
    const options = { folder: home, upstreamPorts: [upstreamPort], config: blockAllConfig(tree) }
    // The first start compiles the lists and leaves a snapshot, the second is timed.
    await (await startAgentProcess({ ...options, untilBlocked })).stop()
    const agent = await startAgentProcess({ ...options, untilBlocked })
    const { pid, port, startedInMs } = agent
    return { name: 'ours', pid, port, startedInMs, stop: async () => void (await agent.stop()) }
  }
}

async function measure(server: PeerServer, names: readonly string[]): Promise<void> {
  const { name, pid, port, startedInMs } = server
  const file = join(folder, 'mix')
  const atRest = residentMib(pid)
  await runDnsperf({ port, file, names })
  const cpuBefore = cpuSeconds(pid)
  const { perSecond, completed } = await runDnsperf({ port, file, names, seconds: SECONDS })
  const cpuMicros = ((cpuSeconds(pid) - cpuBefore) / completed) * 1e6
  const loaded = residentMib(pid)
  await server.stop()
  print(
    [
      name.padEnd(9),
      startedInMs.toFixed(0).padStart(8),
      atRest.toFixed(0).padStart(16),
      loaded.toFixed(0).padStart(15),
      perSecond.toFixed(0).padStart(10),
      cpuMicros.toFixed(1).padStart(13),
    ].join(' '),
  )
}

function makeMix(listed: readonly string[]): readonly string[] {
  const random = makeRandom(7)
  const pick = (count: number): number => Math.floor(random() * count)
  return Array.from({ length: QUESTIONS }, (_, i) =>
    i % 3 === 0 ? (listed[pick(listed.length)] ?? '') : `popular${pick(POPULAR_NAMES)}.example.org`,
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
