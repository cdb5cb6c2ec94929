/**
 * `npm run restarts`: what clients lose when the agent is restarted in order, killed, or loses its worker, under a steady load of blocked,
 * cached and forwarded questions. The sockets are this process's, as systemd holds them, and passed to each agent. An orderly restart loses
 * nothing; a death loses what it had read and not answered, and that is answered when it is asked again. Ends with 1 otherwise.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { openBoundSocket } from '#test/support/bound-sockets.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { startPipelineServer } from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { type QuestionLoadResult, startQuestionLoad } from './question-load.ts'
import { startSlowUpstream } from './slow-upstream.ts'

/** An orderly restart and what waits meanwhile take less, on a machine that does other things too. */
const RESTART_PATIENCE_MS = 30_000
const KILL_PATIENCE_MS = 10_000
const WORKER_PATIENCE_MS = 1_000
/** Compiling gives way to everything else on a busy machine. */
const START_TIMEOUT_MS = 180_000
const BETWEEN_MS = 300
/** A worker that dies sooner is taken for one that cannot live, and waited for. */
const BETWEEN_WORKERS_MS = 1_300
const UPSTREAM_MS = 20
/** Messages that are read by one call. */
const BATCH = 64
/** One question in so many is new to everybody, and forwarded. */
const FORWARDED_ONE_IN = 5
const NXDOMAIN = 3

/** One client stands for a school: as NO_CLIENT_LIMITS, ready for use. */
const UNLIMITED_CLIENTS = {
  clientQueriesPerSecond: 1_000_000,
  clientQueryBurst: 1_000_000,
  zoneMissesPerSecond: 1_000_000,
  zoneQuestionsInFlight: 65_536,
}

const { values } = parseArgs({
  options: {
    restarts: { type: 'string', default: '100' },
    kills: { type: 'string', default: '20' },
    workers: { type: 'string', default: '20' },
    rate: { type: 'string', default: '2000' },
  },
})
const PER_SECOND = Number(values.rate)
/** Of a second's forwarded questions so many are under way at once, with room for a late upstream. */
const UNDER_WAY = Math.ceil((PER_SECOND / FORWARDED_ONE_IN) * ((UPSTREAM_MS + 80) / 1000))
const folder = mkdtempSync(join(tmpdir(), 'edge-restarts-'))
const upstream = await startSlowUpstream(UPSTREAM_MS)
try {
  const isHeld = [
    await deathsOfProcesses('restarts', Number(values.restarts), 0),
    await deathsOfProcesses('kills', Number(values.kills), BATCH + UNDER_WAY),
    await deathsOfWorkers(Number(values.workers)),
  ]
  process.exitCode = isHeld.every(Boolean) ? 0 : 1
} finally {
  upstream.close()
  rmSync(folder, { recursive: true, force: true })
}

/** `again` is how many questions one death may make clients ask again. */
async function deathsOfProcesses(
  what: 'restarts' | 'kills',
  count: number,
  again: number,
): Promise<boolean> {
  if (count === 0) return true
  const home = join(folder, what)
  mkdirSync(home)
  const port = await freeDnsPort()
  const sockets = (['udp', 'tcp'] as const).map((kind) =>
    openBoundSocket({ kind, address: '127.0.0.1', port }),
  )
  const start = (): Promise<AgentProcess> =>
    startAgentProcess({
      folder: home,
      upstreamPorts: [upstream.port],
      port,
      passed: sockets.map(({ fd }) => fd),
      addresses: ['127.0.0.1'],
      compileCache: join(folder, 'compiled'),
      config: {
        limits: NO_CLIENT_LIMITS,
        networks: [{ cidr: '127.0.0.0/8', group: 'ks3' }],
        deny: [{ name: 'blocked.test', reason: 'a name whose answer is known' }],
      },
      // The first time there are no compiled rules yet.
      untilBlocked: 'blocked.test',
      startTimeoutMs: START_TIMEOUT_MS,
    })
  let agent = await start()
  const load = await startQuestionLoad({
    port,
    perSecond: PER_SECOND,
    question: (number) => questionOf(what, number),
    patienceMs: what === 'restarts' ? RESTART_PATIENCE_MS : KILL_PATIENCE_MS,
  })
  let exitedInOrder = 0
  for (let i = 0; i < count; i++) {
    await sleep(BETWEEN_MS)
    const exit = await (what === 'restarts' ? agent.stop() : agent.kill())
    if (exit.code === 0) exitedInOrder += 1
    agent = await start()
    await until(() => load.waiting() < PER_SECOND / 10)
  }
  const result = await load.end()
  await agent.stop()
  for (const socket of sockets) socket.close()
  if (what === 'restarts' && exitedInOrder < count)
    process.stdout.write(`restarts: ${count - exitedInOrder} did not end in order\n`)
  return told(what, count, again, result)
}

/** The worker's death alone: the main thread answers on its sockets until there is another. */
async function deathsOfWorkers(count: number): Promise<boolean> {
  if (count === 0) return true
  const rules = makeRules([['blocked.test', 'harm.selfharm']])
  const server = await startPipelineServer({
    rules,
    upstreamPort: upstream.port,
    udp: 'batch',
    limits: UNLIMITED_CLIENTS,
    // The upstream lives in this very process.
    upstreamTimeoutMs: 1_000,
  })
  await server.workerUp()
  const load = await startQuestionLoad({
    port: server.port,
    perSecond: PER_SECOND,
    question: (number) => questionOf('worker', number),
    patienceMs: WORKER_PATIENCE_MS,
  })
  const goneMs: number[] = []
  for (let i = 0; i < count; i++) {
    await sleep(BETWEEN_WORKERS_MS)
    await server.killWorker()
    const goneAtMs = performance.now()
    await server.workerUp()
    goneMs.push(performance.now() - goneAtMs)
  }
  const result = await load.end()
  await server.close()
  const median = goneMs.toSorted((a, b) => a - b)[count >> 1] ?? 0
  process.stdout.write(
    `worker    replaced after ${median.toFixed(0)} ms (median), ${Math.max(...goneMs).toFixed(0)} at the most; the main thread answers meanwhile\n`,
  )
  return told('worker', count, BATCH + UNDER_WAY, result)
}

function questionOf(
  run: string,
  number: number,
): { readonly name: string; readonly rcode: number } {
  if (number % FORWARDED_ONE_IN === 0) return { name: `once${number}.${run}.test`, rcode: 0 }
  if (number % FORWARDED_ONE_IN === 1) return { name: `x${number}.blocked.test`, rcode: NXDOMAIN }
  return { name: `popular${number % 100}.${run}.test`, rcode: 0 }
}

async function until(isTrue: () => boolean): Promise<void> {
  const giveUpAtMs = performance.now() + RESTART_PATIENCE_MS
  while (!isTrue() && performance.now() < giveUpAtMs) await sleep(20)
}

function told(what: string, count: number, again: number, result: QuestionLoadResult): boolean {
  const { asked, first, second, lost, wrong, skipped, longestMs } = result
  const isHeld = lost === 0 && wrong === 0 && second <= again * count && first + second === asked
  process.stdout.write(
    `${what.padEnd(9)} ${count}: ${asked} asked, ${first} answered at once, ${second} when asked again (${again * count} allowed), ${lost} lost, ${wrong} wrong, ${skipped} left out because the client was late; the longest wait ${longestMs.toFixed(0)} ms: ${isHeld ? 'held' : 'FAILED'}\n`,
  )
  for (const line of result.told) process.stdout.write(`  ${line}\n`)
  return isHeld
}
