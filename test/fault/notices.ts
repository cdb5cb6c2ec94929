/**
 * `npm run kill-notices`: random `kill -9` of agent and collector while alerts climb their ladders. Pupils look up what a person must hear
 * of at once; the agent tells the collector, whose desk raises an alert for each and sends messages to people: real mail
 * and HTTP servers that keep what they accept and take their time to say so. At the end every look-up that was answered more
 * than 500 ms before a kill of the agent has its alert, every alert was told, nothing was lost or made up, and a message
 * came twice only where a kill fell while it was being sent, under the same id, which the store has counted. Ends with 1 otherwise.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeEscalations } from '#collector/notify/ladder/ladder.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { isFailure } from '#domain/failure.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import { type AgentProcess, startAgentProcess } from '#test/support/agent-process.ts'
import { type CollectorProcess, startCollectorProcess } from '#test/support/collector-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { startHttpReceiver } from '#test/support/http-receiver.ts'
import { startMailServer } from '#test/support/mail-server.ts'
import { NO_CLIENT_LIMITS } from '#test/support/no-client-limits.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { type Death, isExcused, killAgent } from './agent-death.ts'
import { startLookups } from './lookup-load.ts'
import { readAlerted, readNotices } from './read-notices.ts'

const TENANT = 'local'
const ROLES = ['dsl', 'deputy', 'head'] as const
/** A canary that every box blocks, and that somebody is told of at once. */
const NAME = 'canary-harm-suicide.test'
/** Each alert climbs with a patience of two seconds, and is acknowledged after a while. */
const LOOKUPS_PER_SECOND = 0.5
const SETTLE_EVERY_MS = 700
const SETTLE_AFTER_MS = 15_000
const ANSWER_MS_MAX = 400
const SERVED_MS = { least: 200, more: 1300 }
const DRAIN_MS = 420_000

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    people: { type: 'string', default: '120' },
    seed: { type: 'string', default: '1' },
  },
})
const kills = Number(values.kills)
const random = makeRandom(Number(values.seed))
const folder = mkdtempSync(join(tmpdir(), 'edge-notices-'))
/** Ids in the order in which messages were accepted, with what they said. */
const received: { readonly id: string; readonly said: string }[] = []

const mail = await startMailServer()
mail.take = async ({ messageId, text }) => {
  received.push({
    id: /<([0-9a-f]+)@/.exec(messageId)?.[1] ?? '',
    said: text.slice(text.indexOf('\r\n\r\n')),
  })
  await sleep(random() * ANSWER_MS_MAX)
  return undefined
}
const web = await startHttpReceiver()
const upstream = await startRealUpstream({ everyName: '192.0.2.53' })
if (isFailure(upstream)) throw new Error(upstream.detail)
web.answer = ({ headers, body }, response) => {
  received.push({
    id: String(headers['webhook-id']).replace('msg_', ''),
    said: body.toString('utf8'),
  })
  setTimeout(() => response.writeHead(204).end(), random() * ANSWER_MS_MAX)
}
try {
  process.exitCode = (await run(upstream.port)) ? 0 : 1
} finally {
  await Promise.all([mail.close(), web.close(), upstream.stop()])
  rmSync(folder, { recursive: true, force: true })
}

async function run(upstreamPort: number): Promise<boolean> {
  const options = {
    stateDir: join(folder, 'collector'),
    enrolledDir: join(folder, 'state', 'enrolled'),
    port: await freeDnsPort(),
    metricsPort: await freeDnsPort(),
    peopleFile: writePeople(),
  }
  const port = await freeDnsPort()
  const startAgent = (): Promise<AgentProcess> =>
    startAgentProcess({
      folder,
      port,
      upstreamPorts: [upstreamPort],
      config: { collector: { url: `http://127.0.0.1:${options.port}` }, limits: NO_CLIENT_LIMITS },
    })
  let agent = await startAgent()
  let collector = await startCollectorProcess(options)
  const file = join(options.stateDir, 'collector', 'collector.sqlite')
  const load = startLookups(NAME, port, LOOKUPS_PER_SECOND)
  const stopSettling = startSettling(file)
  const deaths: Death[] = []
  const startedAtMs = performance.now()
  for (let i = 0; i < kills; i++) {
    await sleep(SERVED_MS.least + random() * SERVED_MS.more)
    if (random() < 0.5) {
      deaths.push(await killAgent(agent))
      agent = await startAgent()
    } else {
      await collector.kill()
      collector = await startCollectorProcess(options)
    }
    if ((i + 1) % 20 === 0) process.stdout.write(`${i + 1} kills so far\n`)
  }
  await load.stop()
  const seen = load.ledger.filter(
    ({ answeredAtMs }) => !deaths.some((death) => isExcused(answeredAtMs, death)),
  )
  const untold = await unalerted(
    file,
    seen.map(({ address }) => address),
  )
  stopSettling()
  const isDrained = await drain(file)
  const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1)
  await settleAll(file, collector)
  await agent.stop()
  process.stdout.write(
    `${deaths.length} kills of the agent, ${kills - deaths.length} of the collector; ${load.ledger.length} look-ups answered, ${seen.length} of them more than 500 ms before a kill\n`,
  )
  return told(file, { untold, isDrained, minutes })
}

/** Half of them are reached by mail, half by a webhook; school never closes, and nothing else is sent today. */
function writePeople(): string {
  writeFileSync(join(folder, 'secret'), `whsec_${Buffer.alloc(32, 1).toString('base64')}`)
  const people = Array.from({ length: Number(values.people) }, (_, i) => ({
    id: `p${i}`,
    name: `Person ${i}`,
    roles: [ROLES[i % ROLES.length]],
    ...((i & 1) === 0
      ? { email: `p${i}@example.org` }
      : { webhooks: [{ url: web.url(`/${i}`), 'secret-file': 'secret' }] }),
  }))
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
  const notToday = days[(new Date().getUTCDay() + 2) % days.length]
  const path = join(folder, 'people.json')
  const settings = {
    console: `http://localhost:1`,
    'time-zone': 'UTC',
    'school-hours': Object.fromEntries(days.map((day) => [day, '00:00-24:00'])),
    acknowledge: { critical: '2s', urgent: '2s' },
    drill: 'off',
    digest: `${notToday} 07:00`,
    email: { host: 'localhost', port: mail.port, security: 'none', from: 'box@example.org' },
    'private-hosts': ['localhost'],
    people,
  }
  writeFileSync(path, JSON.stringify(settings))
  return path
}

/** Settles each ladder of which somebody has been told, after a while, as one who acknowledges does, until it is stopped. */
function startSettling(file: string): () => void {
  const db = openCollectorFile(file)
  const escalations = makeEscalations(db)
  const climbing = db.prepare<[number], { alert: string }>(
    `SELECT alert FROM escalation WHERE state = 'climbing' AND raised_at < ?`,
  )
  const noticesOf = db.prepare<[string], { notice: string }>(
    'SELECT notice FROM notice_alert WHERE alert = ?',
  )
  const isTold = (alert: string, came: ReadonlySet<string>): boolean =>
    noticesOf.all(alert).some(({ notice }) => came.has(notice))
  const settle = db.transaction((alerts: readonly string[]) => {
    for (const alert of alerts) escalations.settle(TENANT, alert, Date.now())
  })
  const timer = setInterval(() => {
    try {
      const came = new Set(received.map(({ id }) => id))
      const told = climbing
        .all(Date.now() - SETTLE_AFTER_MS)
        .flatMap(({ alert }) => (random() < 0.3 && isTold(alert, came) ? [alert] : []))
      // The collector waits for the file only so long: what holds it is short.
      if (told.length > 0) settle.immediate(told)
    } catch (error) {
      // On a machine with too much to do the collector may hold the file for longer than one waits.
      if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error
    }
  }, SETTLE_EVERY_MS)
  return () => {
    clearInterval(timer)
    db.close()
  }
}

/** The addresses of which there is no alert, when there has been time for all. */
async function unalerted(file: string, addresses: readonly string[]): Promise<readonly string[]> {
  const giveUpAtMs = performance.now() + DRAIN_MS
  for (;;) {
    const alerted = readAlerted(file)
    const left = addresses.filter((address) => !alerted.has(address))
    if (left.length === 0 || performance.now() > giveUpAtMs) return left
    await sleep(1000)
  }
}

/** Until nothing is due or under way any more. */
async function drain(file: string): Promise<boolean> {
  const db = openCollectorFile(file)
  const left = db.prepare<[number], { total: number }>(
    `SELECT (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'claimed'))
       + (SELECT count(*) FROM escalation WHERE state = 'climbing' AND due_at < ?) AS total`,
  )
  const giveUpAtMs = performance.now() + DRAIN_MS
  let total = 1
  while (total > 0 && performance.now() < giveUpAtMs) {
    await sleep(500)
    total = left.get(Date.now() + 3000)?.total ?? 0
  }
  db.close()
  return total === 0
}

async function settleAll(file: string, collector: CollectorProcess): Promise<void> {
  const db = openCollectorFile(file)
  const escalations = makeEscalations(db)
  for (const alert of readAlerted(file).values()) escalations.settle(TENANT, alert, Date.now())
  db.close()
  await collector.stop()
}

function told(
  file: string,
  run: {
    /** Addresses of look-ups without an alert. */
    readonly untold: readonly string[]
    readonly isDrained: boolean
    readonly minutes: string
  },
): boolean {
  const { notices, reached } = readNotices(file, received)
  const alerts = [...readAlerted(file).values()]
  const known = new Set(notices.map(({ id }) => id))
  const repeats = notices.reduce((sum, { times }) => sum + Math.max(0, times - 1), 0)
  const unknown = notices.reduce((sum, one) => sum + one.unknown, 0)
  const violations = {
    'look-ups of which there is no alert': run.untold.length,
    'alerts of which nobody was told': alerts.filter((alert) => !reached.has(alert)).length,
    'messages that were sent and did not come': notices.filter(
      ({ isSent, times }) => isSent && times === 0,
    ).length,
    'messages that came and are not in the store': received.filter(({ id }) => !known.has(id))
      .length,
    'messages that came again without a kill between': notices.filter(
      ({ times, unknown: cut, isSent }) => times > cut + (isSent ? 1 : 0),
    ).length,
    'messages that came again and said something else': notices.filter(
      ({ wordings }) => wordings > 1,
    ).length,
    'messages that are still under way': run.isDrained ? 0 : 1,
  }
  process.stdout.write(
    `${kills} kills in ${run.minutes} minutes: ${alerts.length} alerts, ${notices.length} messages, ${received.length} came; ` +
      `${unknown} were under way at a kill, ${repeats} of them came again under the same id\n`,
  )
  const broken = Object.entries(violations).filter(([, count]) => count > 0)
  for (const [what, count] of broken) process.stdout.write(`  ${count} ${what}\n`)
  process.stdout.write(broken.length === 0 ? 'held\n' : 'FAILED\n')
  return broken.length === 0
}
