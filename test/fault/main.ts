/**
 * `npm run fault`: random `kill -9` of agent and collector under load. Then the two files are compared with each other
 * and with what the clients saw: nothing acknowledged is lost, nothing is stored twice, no gap, and every event whose
 * answer left more than 500 ms before a kill is there. Ends with 1 on any violation.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { isFailure } from '#domain/failure.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { startCollectorProcess } from '#test/support/collector-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { type Death, DURABLE_WITHIN_MS, isExcused, killAgent } from './agent-death.ts'
import { startLookups } from './lookup-load.ts'
import { gapsIn, readCollector, readOutbox } from './read-stores.ts'

/** A canary that every box blocks and tells of. */
const NAME = 'canary-harm-selfharm.test'
const LOOKUPS_PER_SECOND = 150
const SETTLE_TIMEOUT_MS = 60_000

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, seed: { type: 'string', default: '1' } },
})
const kills = Number(values.kills)
const random = makeRandom(Number(values.seed))
const folder = mkdtempSync(join(tmpdir(), 'edge-fault-'))
const upstream = await startRealUpstream({ everyName: '192.0.2.53' })
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  process.exitCode = (await run(upstream.port)) ? 0 : 1
} finally {
  await upstream.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function run(upstreamPort: number): Promise<boolean> {
  const port = await freeDnsPort()
  const collectorPort = await freeDnsPort()
  const collectorOptions = {
    stateDir: join(folder, 'collector'),
    enrolledDir: join(folder, 'state', 'enrolled'),
    port: collectorPort,
    metricsPort: await freeDnsPort(),
  }
  const startAgent = (): Promise<AgentProcess> =>
    startAgentProcess({
      folder,
      port,
      upstreamPorts: [upstreamPort],
      config: { collector: { url: `http://127.0.0.1:${collectorPort}` }, limits: NO_CLIENT_LIMITS },
    })
  let agent = await startAgent()
  let collector = await startCollectorProcess(collectorOptions)
  const load = startLookups(NAME, port, LOOKUPS_PER_SECOND)
  const deaths: Death[] = []
  let slowestP99 = 0
  for (let i = 0; i < kills; i++) {
    await sleep(300 + random() * 1_200)
    slowestP99 = Math.max(slowestP99, await durableP99Ms(agent))
    if (random() < 0.5) {
      deaths.push(await killAgent(agent))
      agent = await startAgent()
    } else {
      await collector.kill()
      collector = await startCollectorProcess(collectorOptions)
    }
  }
  await sleep(1_000)
  await load.stop()
  const outboxFile = join(folder, 'state', 'agent', 'outbox.db')
  const isSettled = await settle(outboxFile)
  await agent.stop()
  await collector.stop()
  const seen = load.ledger.filter(
    ({ answeredAtMs }) => !deaths.some((death) => isExcused(answeredAtMs, death)),
  )
  const outbox = readOutbox(outboxFile)
  const stored = readCollector(join(folder, 'collector', 'collector', 'collector.sqlite'))
  const known = new Set(outbox.map(({ address }) => address))
  const keyOf = (row: {
    epoch: string
    lane: string
    sequence: number
    id: string
    revision: number
  }): string => [row.epoch, row.lane, row.sequence, row.id, row.revision].join(' ')
  const ledger = new Set(stored.ledger.map(keyOf))
  const revisions = new Set(outbox.map(({ id, revision }) => `${id} ${revision}`))
  const lost = seen.filter(({ address }) => !known.has(address))
  const violations = {
    'answered, but in no outbox row': lost.length,
    'acknowledged, but not at the collector': outbox.filter(
      (row) => row.acked && !ledger.has(keyOf(row)),
    ).length,
    'at the collector, but not in the outbox':
      stored.ledger.length - outbox.filter((row) => ledger.has(keyOf(row))).length,
    'in the outbox twice': outbox.length - revisions.size,
    'at the collector twice':
      stored.events.length - new Set(stored.ledger.map(({ id }) => id)).size,
    'gaps in the outbox': gapsIn(outbox),
    'gaps at the collector': gapsIn(stored.ledger),
    'not acknowledged at the end': isSettled ? 0 : outbox.filter(({ acked }) => !acked).length,
  }
  print(
    'kills',
    `${deaths.length} of the agent, ${kills - deaths.length} of the collector, seed ${values.seed}`,
  )
  print(
    'lookups',
    `${load.asked()} asked, ${load.ledger.length} answered, ${seen.length} answered more than ${DURABLE_WITHIN_MS} ms before a kill`,
  )
  print(
    'stored',
    `${outbox.length} outbox rows, ${stored.ledger.length} at the collector, ${stored.events.length} events`,
  )
  print('durable', `answer to durable, p99 of the slowest run: within ${slowestP99} ms`)
  for (const [what, count] of Object.entries(violations))
    print(count === 0 ? 'ok' : 'VIOLATED', `${what}: ${count}`)
  return Object.values(violations).every((count) => count === 0) && outbox.length > 0
}

/** Waits until everything has been acknowledged; false when that takes too long. */
async function settle(outboxFile: string): Promise<boolean> {
  const giveUpAt = performance.now() + SETTLE_TIMEOUT_MS
  while (performance.now() < giveUpAt) {
    if (readOutbox(outboxFile).every(({ acked }) => acked)) return true
    await sleep(500)
  }
  return false
}

async function durableP99Ms({ metricsUrl }: AgentProcess): Promise<number> {
  const text = await fetch(metricsUrl).then(
    (response) => response.text(),
    () => '',
  )
  return (
    1000 * Number(/edge_outbox_durable_after_seconds\{share="0.99"\} (\S+)/.exec(text)?.[1] ?? 0)
  )
}

function print(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(9)} ${text}\n`)
}
