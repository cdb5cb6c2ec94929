/**
 * `npm run soak -- --minutes N`: ordinary and hostile questions at a steady rate for as long as you like, with questions beside them whose
 * answers are known. Ends with 1 when memory does not stay flat after the warm-up, descriptors leak, the write-ahead log grows, the
 * agent logs a fault or a control answer is wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isFailure } from '#domain/failure.ts'
import { controlCases, startControl } from '#test/fuzz/control-client.ts'
import { FUZZ_CONFIG, FUZZ_LIMITS } from '#test/fuzz/phase.ts'
import { Tally } from '#test/fuzz/tally.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { startHostileLoad } from './hostile-load.ts'
import { type QuestionLoadResult, startQuestionLoad } from './question-load.ts'
import { growth, type Sample, slopePerHour, takeSample } from './soak-samples.ts'

const ADDRESS = '192.0.2.1'
/** Of the questions so many are hostile. */
const HOSTILE_SHARE = 0.3
const PATIENCE_MS = 5_000
/** Before memory counts: caches fill, and V8 finds its size. */
const WARM_UP_SHARE = 1 / 3
const SAMPLES = 60
const SAMPLE_MS_MIN = 1_000
/** A collection of garbage more or less is no leak; nor is a connection that happens to be open. */
const GROWTH_MIB_MAX = 12
/** Of a run that ends while caches still fill: it only shows what grows with every query. */
const SHORT_MINUTES = 5
const SHORT_GROWTH_MIB_MAX = 48
const DESCRIPTORS_MORE_MAX = 12
const WAL_MIB_MAX = 64
/** A pino level: 50 is error. */
const LEVEL_ERROR = 50
const NXDOMAIN = 3

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
  },
})
const minutes = Number(values.minutes)
const perSecond = Number(values.rate)
if (!(minutes > 0) || !(perSecond > 0)) throw new Error('usage: soak.ts --minutes N [--rate N]')
const folder = mkdtempSync(join(tmpdir(), 'edge-soak-'))
const upstream = await startRealUpstream({
  everyName: ADDRESS,
  records: ['cloaked.example.org. 300 IN CNAME tracker.listed.test.'],
})
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  process.exitCode = (await soak(upstream.port)) ? 0 : 1
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function soak(upstreamPort: number): Promise<boolean> {
  const agent = await startAgentProcess({
    folder,
    upstreamPorts: [upstreamPort],
    config: { ...FUZZ_CONFIG, limits: { ...NO_CLIENT_LIMITS, ...FUZZ_LIMITS } },
    files: { 'lists/games.txt': 'listed.test\n' },
    untilBlocked: 'listed.test',
  })
  const tally = new Tally()
  const { port } = agent
  const control = startControl(agent, controlCases(ADDRESS), tally)
  const hostile = startHostileLoad({
    port,
    perSecond: perSecond * HOSTILE_SHARE,
    seed: Number(values.seed),
  })
  const load = await startQuestionLoad({
    port,
    perSecond: perSecond * (1 - HOSTILE_SHARE),
    question: questionOf,
    patienceMs: PATIENCE_MS,
  })
  const samples = await watch(agent)
  const asked = await load.end()
  await hostile.stop()
  await control.stop()
  print(
    'load',
    `${asked.asked} ordinary, ${hostile.sent()} hostile in ${minutes} minutes; ${asked.skipped} ordinary left out because the client was late`,
  )
  const isHeld = judge(agent, samples, asked, tally)
  await agent.stop()
  print('control', `${control.result.asked} asked, ${control.result.right} right`)
  return isHeld
}

async function watch(agent: AgentProcess): Promise<readonly Sample[]> {
  const everyMs = Math.max(SAMPLE_MS_MIN, (minutes * 60_000) / SAMPLES)
  const startedAtMs = performance.now()
  const samples: Sample[] = []
  while (performance.now() < startedAtMs + minutes * 60_000 && agent.isRunning()) {
    await sleep(everyMs)
    samples.push(
      await takeSample({
        pid: agent.pid,
        metricsUrl: agent.metricsUrl,
        walFile: join(agent.stateDir, 'agent', 'outbox.db-wal'),
        atSeconds: (performance.now() - startedAtMs) / 1_000,
      }),
    )
  }
  return samples
}

function judge(
  agent: AgentProcess,
  all: readonly Sample[],
  asked: QuestionLoadResult,
  tally: Tally,
): boolean {
  const samples = all.slice(Math.floor(all.length * WARM_UP_SHARE))
  const resident = (one: Sample): number => one.residentMib
  const [first, last] = [samples[0], samples.at(-1)]
  const most = (read: (one: Sample) => number): number => Math.max(...samples.map(read))
  const faults = agent.log().split('\n').filter(isFault)
  const more = (last?.descriptors ?? 0) - (first?.descriptors ?? 0)
  const grewMib = growth(samples, resident)
  const growthMibMax = minutes < SHORT_MINUTES ? SHORT_GROWTH_MIB_MAX : GROWTH_MIB_MAX
  print(
    'memory',
    `${first?.residentMib.toFixed(0)} MiB after the warm-up, ${last?.residentMib.toFixed(0)} at the end, ${slopePerHour(samples, resident).toFixed(0)} MiB an hour by least squares`,
  )
  print(
    'lag',
    `p99 of the event loop ${most(({ lagP99Ms }) => lagP99Ms || 0).toFixed(0)} ms at the most`,
  )
  print(
    'answers',
    `${asked.first} at once, ${asked.second} when asked again, ${asked.lost} lost, ${asked.wrong} wrong; the longest ${asked.longestMs.toFixed(0)} ms`,
  )
  const walMib = most((one) => one.walMib)
  const checks: readonly (readonly [string, boolean])[] = [
    [`the agent is the same process as at the start`, agent.isRunning()],
    [`memory grew by ${grewMib.toFixed(1)} MiB of ${growthMibMax}`, grewMib <= growthMibMax],
    [`${more} more descriptors of ${DESCRIPTORS_MORE_MAX}`, more <= DESCRIPTORS_MORE_MAX],
    [`write-ahead log ${walMib.toFixed(1)} MiB of ${WAL_MIB_MAX}`, walMib <= WAL_MIB_MAX],
    [`${faults.length} faults logged`, faults.length === 0],
    [`${tally.violations} control answers missing or wrong`, tally.violations === 0],
    [`${asked.wrong} ordinary answers wrong`, asked.wrong === 0],
  ]
  for (const [what, isHeld] of checks) print(isHeld ? 'ok' : 'FAILED', what)
  for (const line of [...faults, ...tally.told, ...asked.told].slice(0, 20)) print('', line)
  return checks.every(([, isHeld]) => isHeld)
}

function questionOf(number: number): { readonly name: string; readonly rcode: number } {
  if (number % 50 === 0) return { name: 'canary-harm-selfharm.test', rcode: NXDOMAIN }
  if (number % 10 === 1) return { name: `once${number}.open.test`, rcode: 0 }
  if (number % 10 < 4) return { name: `x${number % 1_000}.blocked.test`, rcode: NXDOMAIN }
  return { name: `popular${number % 1_500}.open.test`, rcode: 0 }
}

function isFault(line: string): boolean {
  return (
    Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? (line === '' ? 0 : LEVEL_ERROR)) >= LEVEL_ERROR
  )
}

function print(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(9)}${text}\n`)
}
