/**
 * `npm run simulate-wire`: a part of one simulated day through a real agent and a real collector, every device at an address of its
 * own, in compressed time. Ends with 1 when its alerts differ from those of the same time in one process, or when the name of a
 * help site stands in a file, a log, a metrics page or anything that went to the collector.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { migrations } from '#collector/store/migrations.ts'
import { isFailure } from '#domain/failure.ts'
import { openSqlite, type Sqlite } from '#platform/sqlite.ts'
import { parseMinute, WEEKDAYS } from '#rules/calendar.ts'
import { type AlertSeen, gravest } from '#simulator/run/alert-book.ts'
import { runInProcess } from '#simulator/run/run-in-process.ts'
import { helpNames } from '#simulator/run/trace-watch.ts'
import { dayOfWeek, instantOf } from '#simulator/school/school-year.ts'
import { type AllStories, playStories } from '#simulator/story/all-stories.ts'
import { HEAD_USER } from '#simulator/story/cast.ts'
import type { Story } from '#simulator/story/story.ts'
import { readStoryFile, shippedStoryFiles } from '#simulator/story/story-files.ts'
import { type Span, secondsOf } from '#simulator/traffic/generate.ts'
import { makeWorld, type World } from '#simulator/world.ts'
import { metricsOf, startAgentProcess } from '#test/support/agent-process.ts'
import { startCollectorProcess } from '#test/support/collector-process.ts'
import { freeDnsPort } from '#test/support/free-port.ts'
import { startRealUpstream } from '#test/support/real-upstream.ts'
import { type DeviceSockets, makeDeviceSockets } from './wire/device-sockets.ts'
import { findBytes } from './wire/find-bytes.ts'
import { startRecordingProxy } from './wire/recording-proxy.ts'
import { schoolConfig } from './wire/school-config.ts'

const FAST_CLOCK = join(import.meta.dirname, 'wire', 'fast-clock-child.ts')
/** Real time for the agent to start, before the simulated span begins. */
const HEAD_START_MS = 20_000
/** Simulated: what was asked last is scored, shipped and judged by then. */
const SETTLES_MS = 11 * 60_000
const WARNINGS_SHOWN = 20

const { values } = parseArgs({
  options: {
    day: { type: 'string', default: 'week 2 monday' },
    from: { type: 'string', default: '12:25' },
    minutes: { type: 'string', default: '15' },
    speed: { type: 'string', default: '10' },
    devices: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})
const [, week = '', weekday = ''] = /^week (\d+) ([a-z]+)$/.exec(values.day) ?? []
const dayAt = WEEKDAYS.findIndex((one) => one === weekday)
const fromMinute = parseMinute(values.from)
const speed = Number(values.speed)
if (dayAt < 0 || fromMinute === undefined || !(speed >= 1 && speed <= 60))
  throw new Error("usage: simulate-wire --day 'week 2 monday' --from 12:25 --minutes 15 --speed 10")
const day = dayOfWeek(Number(week), dayAt)
const span: Span = {
  fromDay: day,
  toDay: day,
  fromMinute,
  toMinute: fromMinute + Number(values.minutes),
}
const world = makeWorld(Number(values.seed), Number(values.devices))
const stories = playable(world)
const folder = mkdtempSync(join(tmpdir(), 'edge-wire-'))
const upstream = await startRealUpstream({ everyName: '192.0.2.1' })
if (isFailure(upstream)) throw new Error(upstream.detail)
try {
  process.exitCode = (await run(upstream.port)) ? 0 : 1
} finally {
  await upstream.stop()
  if (values.keep) print('kept', folder)
  else rmSync(folder, { recursive: true, force: true })
}

function playable(school: World): AllStories {
  const read = shippedStoryFiles().flatMap((file): readonly Story[] => {
    const story = readStoryFile(file)
    return isFailure(story) ? [] : [story]
  })
  const all = playStories(school, read)
  if (isFailure(all)) throw new Error(all.detail)
  const fromMs = instantOf(day, fromMinute ?? 0)
  return { ...all, lookups: all.lookups.filter(({ atMs }) => atMs >= fromMs) }
}

async function run(upstreamPort: number): Promise<boolean> {
  const startMs = instantOf(day, fromMinute ?? 0)
  const realMs = Date.now() + HEAD_START_MS
  const clock = `${startMs},${realMs},${speed}`
  const environment = { NODE_OPTIONS: `--import=${FAST_CLOCK}`, FAST_CLOCK: clock }
  const [collectorPort, proxyPort, metricsPort] = [
    await freeDnsPort(),
    await freeDnsPort(),
    await freeDnsPort(),
  ]
  const agentFolder = join(folder, 'agent')
  const searched = join(folder, 'searched')
  mkdirSync(agentFolder)
  mkdirSync(searched)
  Object.assign(process.env, environment)
  const collector = await startCollectorProcess({
    stateDir: join(folder, 'collector'),
    enrolledDir: join(agentFolder, 'state', 'enrolled'),
    port: collectorPort,
    metricsPort,
    heads: [HEAD_USER],
    publicHost: `127.0.0.1:${proxyPort}`,
  })
  delete process.env['NODE_OPTIONS']
  const proxy = await startRecordingProxy({
    port: proxyPort,
    toPort: collectorPort,
    file: join(searched, 'to-collector'),
  })
  const { config, files, someBlocked } = schoolConfig(world, stories, proxyPort)
  const agent = await startAgentProcess({
    folder: agentFolder,
    upstreamPorts: [upstreamPort],
    config,
    files,
    environment,
    untilBlocked: someBlocked,
  })
  const sockets = makeDeviceSockets(agent.port)
  await playInTime(sockets, startMs, realMs)
  await sleep(SETTLES_MS / speed)
  const { asked, answered } = sockets.counts()
  print('asked', `${asked} lookups, ${answered} answered, ${proxy.bytes()} bytes to the collector`)
  sockets.close()
  writeFileSync(join(searched, 'agent-metrics'), await metricsOf(agent))
  writeFileSync(
    join(searched, 'collector-metrics'),
    await metricsOf({ metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` }),
  )
  await agent.stop()
  await collector.stop()
  await proxy.close()
  writeFileSync(join(searched, 'logs'), agent.log() + collector.log())
  const isSame = isEqual()
  if (!isSame) printWarnings(agent.log() + collector.log())
  return isSame && isSilent([agentFolder, join(folder, 'collector'), searched])
}

/** Each lookup at its time, as the fast clock shows it. */
async function playInTime(sockets: DeviceSockets, startMs: number, realMs: number): Promise<void> {
  const nowMs = (): number => startMs + (Date.now() - realMs) * speed
  let latestMs = 0
  for (const second of secondsOf(world, span, stories.lookups))
    for (const lookup of second) {
      while (lookup.atMs > nowMs()) await sleep(2)
      latestMs = Math.max(latestMs, nowMs() - lookup.atMs)
      sockets.ask(lookup)
    }
  print(
    'time',
    `${speed} times as fast; the latest lookup ${(latestMs / 1000).toFixed(1)} simulated seconds late`,
  )
}

type Told = Pick<AlertSeen, 'queue' | 'theme' | 'subject'> & { readonly severity: string }

/** All that the collector has. */
function collectorAlerts(db: Sqlite): readonly Told[] {
  return db
    .prepare<[], Omit<Told, 'subject'> & { subject: string }>(
      'SELECT queue, theme, severity, subject FROM alert',
    )
    .all()
    .map((row) => ({ ...row, subject: JSON.parse(row.subject) as Told['subject'] }))
}

/** The alerts of one process are those over the wire: about whom, for whom, of which theme, and how grave. */
function isEqual(): boolean {
  const db = openSqlite(join(folder, 'collector', 'collector', 'collector.sqlite'), migrations)
  try {
    const file = join(folder, 'in-process.db')
    const { alerts } = runInProcess({ world, stories, span, file, isNothingSetAside: true })
    const wanted = alerts.map((one) => textOf({ ...one, severity: gravest(one) }))
    const raised = collectorAlerts(db).map(textOf)
    const missing = without(wanted, raised)
    const more = without(raised, wanted)
    for (const one of missing) print('missing', `over the wire: ${one}`)
    for (const one of more) print('more', `over the wire: ${one}`)
    const isSame = wanted.length > 0 && missing.length + more.length === 0
    print(
      isSame ? 'ok' : 'FAILED',
      `${wanted.length} alerts in one process, ${raised.length} over the wire`,
    )
    return isSame
  } finally {
    db.close()
  }
}

/** What the first has more than the second, of things that may be there more than once. */
function without(all: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others]
  return all.filter((one) => {
    const at = left.indexOf(one)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function textOf({ queue, theme, severity, subject }: Told): string {
  const who = subject.kind === 'person' ? subject.user : subject.kind === 'device' ? subject.id : ''
  return `${severity} ${queue} ${theme} ${subject.kind} ${who}`
}

/** What the programs complained about: log lines of level 40 and above. */
function printWarnings(log: string): void {
  const lines = log.split('\n').filter((line) => line !== '' && !line.includes('"level":30'))
  for (const line of lines.slice(0, WARNINGS_SHOWN)) print('log', line)
}

function isSilent(folders: readonly string[]): boolean {
  const labels = helpNames(world, stories).map((name) => name.split('.', 1)[0] ?? '')
  const { files, bytes, found } = findBytes(folders, [...new Set(labels)])
  for (const one of found.slice(0, 20)) print('found', one)
  print(
    found.length === 0 ? 'ok' : 'FAILED',
    `${found.length} names of help sites in ${files} files of ${bytes} bytes`,
  )
  return found.length === 0
}

function print(what: string, text: string): void {
  process.stdout.write(`${what.padEnd(8)}${text}\n`)
}
