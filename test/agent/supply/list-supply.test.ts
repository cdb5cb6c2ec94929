/** What is due when, what is told and how often, and what becomes of jobs that end badly; with the real worker. */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { type Config, EMPTY_CONFIG, isRefused, parseConfig } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { newRecord } from '#agent/supply/list-record.ts'
import { ListSupply } from '#agent/supply/list-supply.ts'
import { delayAfterFailure, delayAfterStart, delayAfterSuccess } from '#agent/supply/next-try.ts'
import type { SupplySettings } from '#agent/supply/supply-job.ts'
import { SupplyRunner } from '#agent/supply/supply-runner.ts'
import type { EventBody } from '#domain/event.ts'
import { makeLog } from '#platform/log.ts'
import {
  type ListServer,
  makeAuthority,
  namesText,
  sends,
  startListServer,
  startNames,
} from '#test/support/list-server.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { makeList } from './supply-support.ts'

const HOUR_MS = 3_600_000
const authority = makeAuthority(shortFolder(t))

function configOf(folder: string, sections: object): ReadyConfig {
  const text = JSON.stringify(sections)
  const config: Config | object = parseConfig(text, 'edge.yaml')
  if (isRefused(config)) throw new Error(JSON.stringify(config.problems))
  const path = join(folder, 'edge.yaml')
  return normalise(
    { ...EMPTY_CONFIG, ...config },
    { file: { path, text }, resolvConf: '', localAddresses: [] },
  )
}

/** A supply whose clock and timer the test moves. */
async function supplied(t: Test, lists: (server: ListServer) => readonly object[]) {
  const folder = shortFolder(t)
  const server = await startListServer(t, authority)
  const namesPort = await startNames(t)
  const config = configOf(folder, {
    lists: lists(server),
    downloads: { 'private-hosts': ['lists.test'], ca: authority.caFile },
    upstreams: [{ address: '127.0.0.1', port: namesPort }],
    limits: { 'list-idle-ms': 2_000 },
  })
  const events: EventBody[] = []
  let aheadMs = 0
  let changes = 0
  let tick = (): void => undefined
  const supply = new ListSupply({
    stateDir: join(folder, 'state'),
    clock: { wallMs: () => Date.now() + aheadMs, monotonicMs: () => performance.now() + aheadMs },
    log: makeLog('test', 'silent'),
    fraction: () => 0,
    tell: (body) => events.push(body),
    onFault: () => undefined,
    onChange: () => {
      changes += 1
    },
    after: (_, run) => {
      tick = run
      return () => undefined
    },
  })
  t.teardown(() => supply.close())
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 400 && !isSo(); tries++) await sleep(50)
    t.ok(isSo(), what)
  }
  return {
    folder,
    server,
    config,
    events,
    supply,
    until,
    changes: () => changes,
    /** Moves both clocks and runs what is due. */
    pass: (ms: number) => {
      aheadMs += ms
      tick()
    },
  }
}

t.test(
  'a download is asked for when its interval is over, and stale is told once each time',
  async (t) => {
    const { server, config, events, supply, until, pass } = await supplied(t, (server) => [
      {
        id: 'games',
        url: server.url('/l'),
        every: '2h',
        format: 'domains',
        category: 'media.games',
      },
    ])
    server.serve = sends(namesText(20), { etag: '"x"' })
    supply.start(config)
    await until('in force', () => supply.inForce().length === 1)
    t.match(supply.all(), [{ id: 'games', state: 'in-force', inForce: { names: 20 } }])
    pass(HOUR_MS)
    await sleep(50)
    t.equal(server.asked.length, 1, 'not before its time')
    server.serve = (_, response) => response.writeHead(503).end()
    pass(HOUR_MS)
    await until('asked again', () => supply.counts().failed === 1)
    t.match(supply.all(), [{ state: 'failing', isStale: false, fault: { trouble: 'bad-status' } }])
    t.strictSame(
      events.map(({ kind }) => kind),
      ['list-updated'],
      'a server that is away is no event',
    )
    pass(4 * HOUR_MS)
    pass(1_000)
    pass(1_000)
    t.match(events.slice(1), [{ kind: 'list-stale', list: 'games' }])
    t.equal(events.length, 2, 'told once')
    t.match(supply.all(), [{ state: 'stale', isStale: true }])
    t.equal(supply.inForce().length, 1, 'and still in force')
  },
)

t.test(
  'slow servers keep neither files of this machine waiting nor more than four jobs',
  async (t) => {
    const slow = Array.from({ length: 7 }, (_, i) => `slow${i}`)
    const { folder, server, config, supply, until, changes } = await supplied(t, (server) => [
      ...slow.map((id) => ({
        id,
        url: server.url(`/${id}`),
        format: 'domains',
        category: 'media.games',
      })),
      { id: 'own', path: 'own.txt', format: 'domains', category: 'media.games' },
    ])
    writeFileSync(join(folder, 'own.txt'), namesText(5))
    let now = 0
    let most = 0
    server.serve = (_, response) => {
      now += 1
      most = Math.max(most, now)
      setTimeout(() => {
        now -= 1
        response.end(namesText(10))
      }, 500)
    }
    supply.start(config)
    await until('own is in force', () => supply.inForce().some(({ id }) => id === 'own'))
    t.equal(supply.inForce().length, 1, 'before the others')
    t.equal(changes(), 1)
    await until('all are', () => supply.inForce().length === 8)
    t.equal(most, 4)
  },
)

t.test(
  'another source keeps the old version until it has one; another format does not',
  async (t) => {
    const first = (server: ListServer) => ({
      id: 'games',
      url: server.url('/l'),
      format: 'domains',
      category: 'media.games',
    })
    const { folder, server, config, supply, until } = await supplied(t, (server) => [first(server)])
    server.serve = sends(namesText(20))
    supply.start(config)
    await until('in force', () => supply.inForce().length === 1)
    server.serve = (_, response) => response.writeHead(404).end()
    const elsewhere = { ...first(server), url: server.url('/elsewhere') }
    const moved = configOf(folder, {
      lists: [elsewhere],
      downloads: { 'private-hosts': ['lists.test'], ca: authority.caFile },
      upstreams: [],
    })
    supply.use({ ...moved, upstreams: config.upstreams })
    await until('asked there', () => supply.counts().failed === 1)
    t.match(supply.inForce(), [{ id: 'games' }])
    t.equal(server.asked.at(-1)?.headers['if-none-match'], undefined)
    const hosts = configOf(folder, { lists: [{ ...elsewhere, format: 'hosts' }], upstreams: [] })
    supply.use({ ...hosts, upstreams: config.upstreams })
    t.strictSame(supply.inForce(), [])
    supply.use(configOf(folder, { upstreams: [] }))
    t.strictSame(supply.all(), [])
  },
)

t.test(
  'a file that changes is seen within a minute, one that does not is not read again',
  async (t) => {
    const { folder, config, supply, until, pass } = await supplied(t, () => [
      { id: 'own', path: 'own.txt', format: 'domains', category: 'media.games' },
    ])
    writeFileSync(join(folder, 'own.txt'), namesText(5))
    supply.start(config)
    await until('in force', () => supply.inForce().length === 1)
    pass(61_000)
    await sleep(100)
    t.match(supply.counts(), { updated: 1, unchanged: 0 })
    writeFileSync(join(folder, 'own.txt'), namesText(6))
    pass(1_000)
    t.match(supply.counts(), { updated: 1 })
    pass(60_000)
    await until('seen', () => supply.counts().updated === 2)
    t.match(supply.all(), [{ inForce: { names: 6 } }])
  },
)

t.test('what is kept of a list that is gone is removed after a month, not before', async (t) => {
  const { folder, config, supply } = await supplied(t, () => [])
  const month = 31 * 24 * HOUR_MS
  for (const [id, ageMs] of [
    ['old', month],
    ['new', 0],
  ] as const) {
    const place = join(folder, 'state', 'lists', id)
    mkdirSync(place, { recursive: true })
    writeFileSync(join(place, 'record.json'), '{}')
    const at = (Date.now() - ageMs) / 1000
    utimesSync(join(place, 'record.json'), at, at)
  }
  supply.start(config)
  const left = (): readonly string[] => readdirSync(join(folder, 'state', 'lists'))
  for (let tries = 0; tries < 400 && left().length > 1; tries++) await sleep(50)
  t.strictSame(left(), ['new'])
})

t.test('a job whose worker dies is answered, and the next one gets a new worker', async (t) => {
  const lost: string[] = []
  const done: string[] = []
  const runner = new SupplyRunner({
    onDone: (id) => done.push(id),
    onLost: (id, reason) => lost.push(`${id}: ${reason}`),
  })
  t.teardown(() => runner.close())
  const folder = shortFolder(t)
  writeFileSync(join(folder, 'l'), namesText(5))
  const list = makeList({ path: join(folder, 'l') })
  const { limits, downloads } = normalise(EMPTY_CONFIG, {
    file: undefined,
    resolvConf: '',
    localAddresses: [],
  })
  const settings: SupplySettings = { stateDir: folder, limits, downloads, nameServers: [] }
  const broken: SupplySettings = JSON.parse(JSON.stringify({ limits, downloads, nameServers: [] }))
  const job = { kind: 'take' as const, list, record: newRecord('domains:x') }
  runner.run(job, broken)
  for (let tries = 0; tries < 400 && lost.length === 0; tries++) await sleep(50)
  t.match(lost, [/^games: .*path/])
  runner.run(job, settings)
  for (let tries = 0; tries < 400 && done.length === 0; tries++) await sleep(50)
  t.strictSame(done, ['games'])
})

t.test(
  'delays: spread around the interval, doubling after failures, never longer than the interval',
  (t) => {
    t.equal(delayAfterSuccess(1000, 0), 900)
    t.equal(delayAfterSuccess(1000, 0.5), 1000)
    t.equal(delayAfterFailure(1, HOUR_MS, 1), 10_000)
    t.equal(delayAfterFailure(3, HOUR_MS, 0.5), 20_000)
    t.equal(delayAfterFailure(500, HOUR_MS, 1), HOUR_MS)
    t.equal(delayAfterFailure(5, HOUR_MS, 0), 1_000, 'never at once, whatever the chance')
    const last = { triedAt: 10 * HOUR_MS, failures: 0, isThere: true }
    const at = (hour: number, fraction = 0.5) => ({ wallMs: hour * HOUR_MS, fraction })
    t.equal(
      delayAfterStart({ ...last, isThere: false }, HOUR_MS, at(10)),
      1_000,
      'never had: at once',
    )
    t.equal(delayAfterStart(last, 4 * HOUR_MS, at(11)), 3 * HOUR_MS, 'the rest of its interval')
    t.equal(delayAfterStart(last, 4 * HOUR_MS, at(20)), 150_000, 'due: spread')
    t.equal(delayAfterStart(last, 4 * HOUR_MS, at(9)), 150_000, 'a clock that was set back')
    t.equal(delayAfterStart({ ...last, failures: 1 }, 4 * HOUR_MS, at(11)), 150_000)
    t.end()
  },
)
