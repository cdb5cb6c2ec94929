/**
 * `npm run kill-notices`: random `kill -9` of the collector while alerts climb their ladders. Alerts are raised and settled in
 * transactions on its store, as the alert desk does; people are real mail and HTTP servers that keep what they accept and take their
 * time to say so. At the end every alert was told, nothing was lost or made up, and a message came twice only where a
 * kill fell while it was being sent, under the same id, which the store has counted. Ends with 1 otherwise.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeEscalations } from '#collector/notify/ladder/ladder.ts'
import { openCollectorFile } from '#collector/store/sqlite-store.ts'
import { makeRandom } from '#test/load/school-lists.ts'
import { type CollectorProcess, startCollectorProcess } from '#test/support/collector-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { startHttpReceiver } from '#test/support/http-receiver.ts'
import { startMailServer } from '#test/support/mail-server.ts'
import { readNotices } from './read-notices.ts'

const TENANT = 'local'
const ROLES = ['dsl', 'deputy', 'head'] as const
/** Each alert is raised, climbs with a patience of two seconds, and is acknowledged after a while. */
const RAISE_EVERY_MS = 700
const SETTLE_AFTER_MS = 15_000
const ANSWER_MS_MAX = 400
const SERVED_MS = { least: 200, more: 1300 }
const DRAIN_MS = 240_000

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
web.answer = ({ headers, body }, response) => {
  received.push({
    id: String(headers['webhook-id']).replace('msg_', ''),
    said: body.toString('utf8'),
  })
  setTimeout(() => response.writeHead(204).end(), random() * ANSWER_MS_MAX)
}
try {
  process.exitCode = (await run()) ? 0 : 1
} finally {
  await Promise.all([mail.close(), web.close()])
  rmSync(folder, { recursive: true, force: true })
}

async function run(): Promise<boolean> {
  const enrolledDir = join(folder, 'enrolled')
  mkdirSync(enrolledDir)
  const options = {
    stateDir: join(folder, 'state'),
    enrolledDir,
    port: await freeDnsPort(),
    metricsPort: await freeDnsPort(),
    peopleFile: writePeople(),
  }
  let collector = await startCollectorProcess(options)
  const file = join(options.stateDir, 'collector', 'collector.sqlite')
  const desk = startDesk(file)
  const startedAtMs = performance.now()
  for (let i = 0; i < kills; i++) {
    await sleep(SERVED_MS.least + random() * SERVED_MS.more)
    await collector.kill()
    collector = await startCollectorProcess(options)
  }
  const alerts = desk.stop()
  const isDrained = await drain(file)
  const minutes = ((performance.now() - startedAtMs) / 60_000).toFixed(1)
  await settleAll(file, alerts, collector)
  return told(file, { alerts, isDrained, minutes })
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

/** Raises alerts, and settles each after a while, until it is stopped; tells which there were. */
function startDesk(file: string): { readonly stop: () => readonly string[] } {
  const db = openCollectorFile(file)
  const escalations = makeEscalations(db)
  const open = new Map<string, number>()
  const all: string[] = []
  const act = db.transaction(() => {
    const nowMs = Date.now()
    const alert = `alert-${all.length}`
    const severity = random() < 0.5 ? 'critical' : 'urgent'
    escalations.raise({
      tenant: TENANT,
      alert,
      queue: 'safeguarding',
      severity,
      atMs: nowMs,
      cause: 'opened',
    })
    for (const [one, atMs] of open)
      if (nowMs - atMs > SETTLE_AFTER_MS && random() < 0.3) {
        escalations.settle(TENANT, one, nowMs)
        open.delete(one)
      }
    return { alert, nowMs }
  })
  const timer = setInterval(() => {
    try {
      const { alert, nowMs } = act.immediate()
      all.push(alert)
      open.set(alert, nowMs)
    } catch (error) {
      // On a machine with too much to do the collector may hold the file for longer than one waits: nothing was raised then.
      if (!(error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY')) throw error
    }
  }, RAISE_EVERY_MS)
  return {
    stop: () => {
      clearInterval(timer)
      db.close()
      return all
    },
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

async function settleAll(
  file: string,
  alerts: readonly string[],
  collector: CollectorProcess,
): Promise<void> {
  const db = openCollectorFile(file)
  const escalations = makeEscalations(db)
  for (const alert of alerts) escalations.settle(TENANT, alert, Date.now())
  db.close()
  await collector.stop()
}

function told(
  file: string,
  run: {
    readonly alerts: readonly string[]
    readonly isDrained: boolean
    readonly minutes: string
  },
): boolean {
  const { notices, reached } = readNotices(file, received)
  const untold = run.alerts.filter((alert) => !reached.has(alert))
  const known = new Set(notices.map(({ id }) => id))
  const repeats = notices.reduce((sum, { times }) => sum + Math.max(0, times - 1), 0)
  const unknown = notices.reduce((sum, one) => sum + one.unknown, 0)
  const violations = {
    'alerts of which nobody was told': untold.length,
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
    `${kills} kills in ${run.minutes} minutes: ${run.alerts.length} alerts, ${notices.length} messages, ${received.length} came; ` +
      `${unknown} were under way at a kill, ${repeats} of them came again under the same id\n`,
  )
  const broken = Object.entries(violations).filter(([, count]) => count > 0)
  for (const [what, count] of broken) process.stdout.write(`  ${count} ${what}\n`)
  process.stdout.write(broken.length === 0 ? 'held\n' : 'FAILED\n')
  return broken.length === 0
}
