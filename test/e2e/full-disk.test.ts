/** A whole run without a collector and with a full disk: DNS does not notice, the gap is told, and both heal. */
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startLookups } from '#test/fault/lookup-load.ts'
import { readBodies, readCollector, readOutbox } from '#test/fault/read-stores.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { startCollectorProcess } from '#test/support/collector-process.ts'
import { ask, rcodeOf } from '#test/support/dns-client.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { fillUp, smallDisk, smallDiskMissing } from '#test/support/small-disk.ts'

const NAME = 'canary-harm-selfharm.test'
/** Fewer than the lookups that come while the disk is full. */
const MEMORY_EVENTS = 200
const LOOKUPS_PER_SECOND = 200

t.test(
  'collector down and disk full: answers go on, drops are told, both heal',
  { skip: smallDiskMissing, timeout: 170_000 },
  async (t) => {
    const folder = smallDisk(t)
    const upstream = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
    t.teardown(() => upstream.close())
    const collectorPort = await freeDnsPort()
    const agent = await startAgentProcess({
      folder,
      upstreamPorts: [upstream.port],
      config: {
        collector: { url: `http://127.0.0.1:${collectorPort}` },
        limits: { 'outbox-memory-events': MEMORY_EVENTS },
      },
    })
    t.teardown(() => agent.stop())
    t.teardown(() => t.passing() || t.comment(agent.log()))
    const metric = async (pattern: RegExp): Promise<number> => {
      // Metrics are served a little later than DNS.
      const text = await fetch(agent.metricsUrl).then(
        (response) => response.text(),
        () => '',
      )
      return [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0)
    }
    const dropped = (): Promise<number> =>
      metric(/edge_outbox_dropped_events_total\{lane="\w+"\} (\d+)/g)

    const ballast = join(folder, 'ballast')
    fillUp(ballast)
    const load = startLookups(NAME, agent.port, LOOKUPS_PER_SECOND)
    await until(async () => (await dropped()) > 0, 'drops')
    const reply = await ask('www.example.org', 'A', { port: agent.port })
    t.equal(rcodeOf(reply), 0, 'what is allowed is answered')
    const status = await agentStatus(agent.stateDir)
    t.match(status, { state: 'degraded' })
    t.match(status.reasons.join('\n'), /events are not being stored/)
    t.match(status.reasons.join('\n'), /events could not be kept/)
    await load.stop()
    t.equal(load.ledger.length, load.asked(), 'every blocked lookup was answered')

    rmSync(ballast)
    await until(async () => (await metric(/edge_outbox_storing (\d)/g)) === 1, 'storing again')
    const collectorDir = shortFolder(t)
    const collector = await startCollectorProcess({
      stateDir: collectorDir,
      enrolledDir: join(agent.stateDir, 'enrolled'),
      port: collectorPort,
      metricsPort: await freeDnsPort(),
    })
    t.teardown(() => collector.stop())
    const outboxFile = join(agent.stateDir, 'agent', 'outbox.db')
    await until(() => readOutbox(outboxFile).every(({ acked }) => acked), 'everything acknowledged')
    const stored = readCollector(join(collectorDir, 'collector', 'collector.sqlite'))
    const outbox = readOutbox(outboxFile)
    const ledger = new Set(stored.ledger.map(({ lane, sequence }) => `${lane} ${sequence}`))
    t.ok(
      outbox.every(({ acked, lane, sequence }) => !acked || ledger.has(`${lane} ${sequence}`)),
      'the collector has every acknowledged row',
    )
    const isTold = async (): Promise<boolean> => droppedTold(agent.stateDir) === (await dropped())
    await until(isTold, 'the whole gap to be told')
    t.pass(`${await dropped()} dropped events are told as a gap`)
  },
)

async function until(isDone: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  while (!(await isDone())) {
    if (performance.now() > giveUpAt) throw new Error(`gave up waiting for: ${what}`)
    await sleep(200)
  }
}

const PROGRAM = join(import.meta.dirname, '..', '..', 'src', 'cli', 'supercloud-edge')

/** `status` ends with 1 when it is degraded, and prints all the same. */
function agentStatus(
  stateDir: string,
): Promise<{ readonly state: string; readonly reasons: readonly string[] }> {
  return new Promise((resolve) => {
    execFile(PROGRAM, ['status', '--json', '--state', stateDir], (_, stdout) =>
      resolve(JSON.parse(stdout)),
    )
  })
}

/** How many events the agent's own gap notices add up to, read from the events of its command line. */
function droppedTold(stateDir: string): number {
  const rows = readBodies(join(stateDir, 'agent', 'outbox.db'))
  return rows.reduce(
    (sum, { kind, count }) => sum + (kind === 'events-dropped' ? (count ?? 0) : 0),
    0,
  )
}
