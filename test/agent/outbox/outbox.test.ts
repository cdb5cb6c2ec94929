import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import t from 'tap'
import { isFailure } from '#domain/failure.ts'
import type { StatusReport } from '#domain/ingest.ts'
import { key, lookupDraft, openOutbox, pem, policyDraft, until } from './outbox-support.ts'
import { startSmallCollector } from './small-collector.ts'

t.test('events of both lanes are durable in dense sequences of their own', async (t) => {
  const dir = t.testdir()
  const outbox = await openOutbox(dir)
  for (let at = 0; at < 50; at++) {
    outbox.emit(lookupDraft())
    outbox.emit(policyDraft())
  }
  await until('everything stored', () => outbox.counters().stored === 101)
  t.equal(outbox.counters().waiting, 101, 'nothing is shipped without a collector')
  t.equal(outbox.counters().shipping.state, 'off')
  t.equal(outbox.counters().durableAfter.count, 101, 'time to durable is measured for each')
  await outbox.close()
  const db = new Database(join(dir, 'outbox.db'), { readonly: true })
  const sequences = (lane: string) =>
    db.prepare('SELECT sequence FROM event WHERE lane = ? ORDER BY sequence').pluck().all(lane)
  t.same(
    sequences('safeguarding'),
    Array.from({ length: 50 }, (_, at) => at + 1),
  )
  t.same(
    sequences('operations'),
    Array.from({ length: 52 }, (_, at) => at + 1),
    'with start and stop',
  )
  db.close()
  t.equal(statSync(join(dir, 'outbox.db')).mode & 0o777, 0o600, 'nobody else reads the file')
})

t.test('a draft that comes twice is stored once', async (t) => {
  const outbox = await openOutbox(t.testdir())
  t.teardown(() => outbox.close())
  const draft = lookupDraft()
  outbox.emit(draft)
  outbox.emit(draft)
  outbox.emit({ ...draft, revision: 2 })
  await until('stored', () => outbox.counters().stored === 3)
  t.equal(outbox.counters().duplicates, 1)
})

t.test('a draft that cannot be kept is refused without harm, counted and told', async (t) => {
  const collector = await startSmallCollector({ key })
  t.teardown(() => collector.close())
  const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
  t.teardown(() => outbox.close())
  outbox.emit(lookupDraft({}, { list: 'x'.repeat(20_000) }))
  outbox.emit(lookupDraft({ revision: 0.5 }))
  outbox.emit(lookupDraft({ at: Number.NaN }))
  outbox.emit(lookupDraft())
  const told = () =>
    collector
      .rows('operations')
      .flatMap(({ body }) => (body.kind === 'events-dropped' ? [body] : []))
  await until('the gap is told', () => told().reduce((sum, { count }) => sum + count, 0) === 3)
  t.ok(told().every(({ lane }) => lane === 'safeguarding'))
  t.equal(outbox.counters().droppedByLane.safeguarding, 3)
  await until('the good one arrives', () => collector.rows('safeguarding').length === 1)
})

t.test('the stop of a run is known to the next', async (t) => {
  const dir = t.testdir()
  const first = await openOutbox(dir)
  t.match(first.previousRun(), { stop: 'first-start' })
  const before = Date.now()
  await first.close()
  const second = await openOutbox(dir)
  t.match(second.previousRun(), { stop: 'clean' })
  const { lastAliveAt = 0 } = second.previousRun() ?? {}
  t.ok(lastAliveAt >= before && lastAliveAt <= Date.now(), 'and when it was')
  await second.close()
  const db = new Database(join(dir, 'outbox.db'), { readonly: true })
  const kinds = db
    .prepare("SELECT json_extract(body, '$.kind') FROM event ORDER BY sequence")
    .pluck()
    .all()
  t.same(kinds, ['agent-started', 'agent-stopped', 'agent-started', 'agent-stopped'])
  db.close()
})

t.test(
  'closing makes durable what is queued, within its limit, and takes nothing afterwards',
  async (t) => {
    const dir = t.testdir()
    const outbox = await openOutbox(dir)
    for (let at = 0; at < 2000; at++) outbox.emit(lookupDraft())
    const startedMs = performance.now()
    await outbox.close()
    t.ok(performance.now() - startedMs < 1000, 'within a second')
    outbox.emit(lookupDraft())
    t.equal(outbox.counters().dropped, 1)
    t.ok(isFailure(await outbox.counts()))
    const db = new Database(join(dir, 'outbox.db'), { readonly: true })
    t.equal(
      db.prepare("SELECT count(*) FROM event WHERE lane = 'safeguarding'").pluck().get(),
      2000,
    )
    db.close()
  },
)

t.test('a worker that dies is replaced, and no event that was handed over is lost', async (t) => {
  const workers: Worker[] = []
  const note = (worker: Worker) => workers.push(worker)
  process.on('worker', note)
  t.teardown(() => process.off('worker', note))
  const collector = await startSmallCollector({ key })
  t.teardown(() => collector.close())
  const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
  t.teardown(() => outbox.close())
  const ids: string[] = []
  for (let round = 0; round < 4; round++) {
    for (let at = 0; at < 200; at++) {
      const draft = lookupDraft()
      ids.push(draft.id)
      outbox.emit(draft)
      if (at === 100) await workers.at(-1)?.terminate()
    }
    await until('a new worker', () => workers.length === round + 2)
  }
  t.equal(outbox.counters().workerDeaths, 4)
  await until('all arrive', () => collector.events('safeguarding').size === ids.length)
  t.same(new Set(collector.events('safeguarding').keys()), new Set(ids))
  t.same(
    collector.rows('safeguarding').map(({ sequence }) => sequence),
    ids.map((_, at) => at + 1),
    'dense, none twice',
  )
  t.equal(outbox.counters().storing.state, 'ok')
  const started = collector.rows('operations').filter(({ body }) => body.kind === 'agent-started')
  t.equal(started.length, 1, 'a new worker is not a new run')
})

t.test('a corrupt file is moved aside, said, and a new epoch begun', async (t) => {
  const dir = t.testdir()
  const first = await openOutbox(dir)
  for (let at = 0; at < 500; at++) first.emit(lookupDraft())
  await first.close()
  const file = join(dir, 'outbox.db')
  const epoch = epochOf(file)
  const bytes = new Uint8Array(statSync(file).size - 4096).fill(0xa5)
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, bytes, 0, bytes.length, 4096)
  closeSync(descriptor)
  const second = await openOutbox(dir)
  second.emit(lookupDraft())
  await until('stored', () => second.counters().stored === 2)
  t.match(second.faults(), [{ part: 'outbox', text: /was corrupt and was moved aside/ }])
  t.match(second.previousRun(), { stop: 'unclean' })
  t.equal(readdirSync(dir).filter((name) => /^outbox\.db\.corrupt-\d+$/.test(name)).length, 1)
  await second.close()
  t.not(epochOf(file), epoch)
})

t.test(
  'a file that is no database at all, or of a newer program, is moved aside too',
  async (t) => {
    const dir = t.testdir({
      'outbox.db': 'this is not a database, it only has the name of one'.repeat(100),
    })
    const first = await openOutbox(dir)
    t.equal(first.counters().storing.state, 'ok')
    t.match(first.faults(), [{ text: /corrupt/ }])
    await first.close()
    const db = new Database(join(dir, 'outbox.db'))
    db.pragma('user_version = 99')
    db.close()
    const second = await openOutbox(dir)
    t.match(second.faults(), [{ text: /newer/ }])
    await second.close()
    t.equal(readdirSync(dir).filter((name) => /\.newer-\d+$/.test(name)).length, 1)
  },
)

t.test('only the newest files that were moved aside are kept', async (t) => {
  const old = Object.fromEntries([1, 2, 3, 4].map((at) => [`outbox.db.corrupt-${at}`, 'x']))
  const dir = t.testdir({ ...old, 'outbox.db': 'x'.repeat(5000) })
  const outbox = await openOutbox(dir)
  await outbox.close()
  const aside = readdirSync(dir).filter((name) => name.includes('corrupt'))
  t.equal(aside.length, 3)
  t.notOk(existsSync(join(dir, 'outbox.db.corrupt-1')))
  t.notOk(existsSync(join(dir, 'outbox.db.corrupt-2')))
})

t.test(
  'a folder that cannot be written to does not stop the agent; it heals by itself',
  async (t) => {
    const dir = join(t.testdir(), 'later')
    const startedMs = performance.now()
    const outbox = await openOutbox(dir)
    t.teardown(() => outbox.close())
    t.ok(performance.now() - startedMs < 5000)
    t.equal(outbox.previousRun(), undefined)
    outbox.emit(lookupDraft())
    await until('failing', () => outbox.counters().storing.state === 'failing')
    t.same(await outbox.openEvents(300_000), [])
    mkdirSync(dir)
    await until('healed', () => outbox.counters().stored === 2)
    t.equal(outbox.counters().storing.state, 'ok')
    t.equal(outbox.counters().dropped, 0)
  },
)

t.test('open events are the latest revisions of windows that are still open', async (t) => {
  const outbox = await openOutbox(t.testdir())
  t.teardown(() => outbox.close())
  const now = Date.now()
  const open = lookupDraft({ at: now - 1000 }, { firstAt: now - 100_000 })
  outbox.emit(open)
  outbox.emit({
    ...open,
    revision: 2,
    at: now,
    body: { ...open.body, count: 7 },
  })
  outbox.emit(lookupDraft({ at: now }, { firstAt: now - 301_000 }))
  outbox.emit(lookupDraft({ at: now - 400_000 }))
  await until('stored', () => outbox.counters().stored === 5)
  const events = await outbox.openEvents(300_000)
  t.match(events, [{ id: open.id, revision: 2, lane: 'safeguarding', body: { count: 7 } }])
  t.equal(events.length, 1)
})

t.test(
  'counts hold nothing of a person, and detail is read only after it is written down who reads it',
  async (t) => {
    const collector = await startSmallCollector({ key })
    t.teardown(() => collector.close())
    const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
    t.teardown(() => outbox.close())
    const at = Date.UTC(2026, 10, 20, 10)
    const first = lookupDraft({ at })
    outbox.emit(first)
    outbox.emit({ ...first, revision: 2, body: { ...first.body, count: 4 } })
    outbox.emit(lookupDraft({ at }))
    outbox.emit(lookupDraft({ at: at + 86_400_000 }, { category: 'adult.porn' }))
    await until('stored', () => outbox.counters().stored === 5)
    t.same(await outbox.counts(), [
      { day: '2026-11-21', category: 'adult.porn', events: 1, lookups: 1 },
      { day: '2026-11-20', category: 'harm.selfharm', events: 2, lookups: 5 },
    ])
    const ask = { who: 'root', reason: 'asked by the safeguarding lead', limit: 10 }
    const events = await outbox.reveal({ ...ask, category: 'harm.selfharm' })
    t.ok(!isFailure(events) && events.length === 2)
    await until('told', () => collector.rows('operations').length === 2)
    t.match(collector.rows('operations').at(-1)?.body, {
      kind: 'events-revealed',
      who: 'root',
      reason: 'asked by the safeguarding lead',
      count: 2,
    })
    t.match(await outbox.reveal({ ...ask, who: ' ' }), { failure: 'bad-query' })
    t.match(await outbox.reveal({ ...ask, reason: '' }), { failure: 'bad-query' })
    t.match(await outbox.reveal({ ...ask, limit: 100_000 }), { failure: 'bad-query' })
  },
)

t.test(
  'the newest status report arrives, also one that was posted while the collector was down',
  async (t) => {
    const probe = await startSmallCollector({ key })
    await probe.close()
    const outbox = await openOutbox(t.testdir(), { collectorUrl: probe.url })
    t.teardown(() => outbox.close())
    outbox.postStatus(report(1))
    outbox.postStatus(report(2))
    await until('the collector is missed', () => outbox.counters().shipping.state === 'failing')
    const collector = await startSmallCollector({ key, port: probe.port })
    t.teardown(() => collector.close())
    await until('a report', () => collector.statuses.length > 0)
    t.same(
      collector.statuses.map(({ at }) => at),
      [2],
    )
    outbox.postStatus({ ...report(3), version: 'x'.repeat(300_000) })
    t.match(outbox.faults().at(-1), { text: /too large/ })
  },
)

t.test('an address that events must not be sent to is refused at start', async (t) => {
  const dir = t.testdir()
  const start = (collectorUrl: string) => openOutbox(dir, { collectorUrl, keyPem: pem })
  const code = { code: 'EDGE_COLLECTOR_URL' }
  await t.rejects(start('http://192.0.2.1:8080'), { ...code, message: /must be https/ })
  await t.rejects(start('ftp://collector.example.org'), code)
  await t.rejects(start('https://user:secret@collector.example.org'), code)
  await t.rejects(start('https://collector.example.org/path'), code)
  await t.rejects(start('nonsense'), code)
  t.notOk(existsSync(join(dir, 'outbox.db')), 'and no worker was started')
})

function epochOf(file: string): unknown {
  const db = new Database(file, { readonly: true })
  const epoch = db.prepare('SELECT id FROM epoch').pluck().get()
  db.close()
  return epoch
}

function report(at: number): StatusReport {
  return {
    v: 1,
    appliance: key.appliance,
    at,
    version: '0',
    node: 'v24',
    startedAt: 0,
    policy: 'embedded',
    lists: [],
    themesWithoutList: [],
    link: { state: 'up', cause: 'none', detail: '', since: 0, upstreams: [] },
    outbox: { waiting: 0, dropped: 0 },
    faults: [],
    metrics: [],
  }
}
