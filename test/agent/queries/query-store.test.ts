import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openQueryFile } from '#agent/queries/query-file.ts'
import { QueryFold } from '#agent/queries/query-fold.ts'
import type { QueryBatch } from '#agent/queries/query-row.ts'
import { QueryStore } from '#agent/queries/query-store.ts'
import type { CategoryId } from '#rules/category-ids.ts'

const DAY_MS = 86_400_000
const KEEP_MS = 7 * DAY_MS
const START = Date.UTC(2026, 10, 20, 9)
const ALWAYS = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 1_000 }

function batchOf(atMs: number, ...names: readonly string[]): QueryBatch {
  const fold = new QueryFold()
  for (const name of names)
    fold.add({ client: '192.0.2.7', name, verdict: 'allowed', category: undefined }, atMs)
  const batch = fold.take()
  if (!batch) throw new Error('nothing to keep')
  return batch
}

function setUp(t: Test, stateDir = t.testdir()) {
  const time = { wallMs: START, monotonicMs: 1_000 }
  const clock = { wallMs: () => time.wallMs, monotonicMs: () => time.monotonicMs }
  const db = openQueryFile(stateDir)
  const store = new QueryStore(db, clock)
  /** Time goes by, and the log is looked at as often as it is in life. */
  const advance = (ms: number): void => {
    time.wallMs += ms
    time.monotonicMs += ms
  }
  const bytes = (): Buffer =>
    Buffer.concat(
      readdirSync(stateDir)
        .filter((name) => name.startsWith('queries.db'))
        .map((name) => readFileSync(join(stateDir, name))),
    )
  return {
    stateDir,
    time,
    db,
    store,
    advance,
    bytes,
    names: () => store.find(ALWAYS).map(({ name }) => name),
  }
}

t.test('what was folded comes out again, newest first', (t) => {
  const { store } = setUp(t)
  const fold = new QueryFold()
  const add = (
    client: string,
    name: string,
    verdict: 'allowed' | 'blocked',
    category?: CategoryId,
  ) => fold.add({ client, name, verdict, category }, START + 700)
  add('192.0.2.7', 'www.example.org', 'allowed')
  add('192.0.2.7', 'www.example.org', 'allowed')
  add('192.0.2.8', 'www.example.org', 'allowed')
  add('00:00:5e:00:53:07@192.0.2.8', 'bad.test', 'blocked', 'harm.selfharm')
  const batch = fold.take()
  if (!batch) throw new Error('nothing was folded')
  t.equal(batch.at, START + 700)
  t.equal(fold.take(), undefined)
  store.keep(batch)
  store.keep(batchOf(START + 6_000, 'later.test'))
  t.same(store.find(ALWAYS), [
    { at: START + 6_000, client: '192.0.2.7', name: 'later.test', verdict: 'allowed', count: 1 },
    { at: START + 700, client: '192.0.2.7', name: 'www.example.org', verdict: 'allowed', count: 2 },
    { at: START + 700, client: '192.0.2.8', name: 'www.example.org', verdict: 'allowed', count: 1 },
    {
      at: START + 700,
      client: '00:00:5e:00:53:07@192.0.2.8',
      name: 'bad.test',
      verdict: 'blocked',
      category: 'harm.selfharm',
      count: 1,
    },
  ])
  const by = (filter: { client?: string; name?: string }) =>
    store.find({ ...ALWAYS, ...filter }).length
  t.equal(by({ client: '192.0.2.7' }), 2)
  t.equal(by({ client: '00:00:5e:00:53:07' }), 1)
  t.equal(by({ client: '192.0.2.8' }), 2)
  t.equal(by({ name: 'example.org' }), 2)
  t.equal(by({ name: 'xample.org' }), 0)
  t.equal(store.find({ ...ALWAYS, limit: 2 }).length, 2)
  t.equal(store.find({ ...ALWAYS, to: START + 6_000 }).length, 3)
  t.equal(store.find({ ...ALWAYS, from: START + 6_000 }).length, 1)
  t.end()
})

t.test('synchronous=NORMAL, secure_delete, WAL; the file is its owner’s alone', (t) => {
  const { db } = setUp(t)
  t.equal(db.pragma('synchronous', { simple: true }), 1)
  t.equal(db.pragma('secure_delete', { simple: true }), 1)
  t.equal(db.pragma('journal_mode', { simple: true }), 'wal')
  t.end()
})

t.test(
  'after seven days and a millisecond nothing is left of a lookup, in no byte of any file',
  (t) => {
    const { store, advance, bytes, names } = setUp(t)
    const labels = Array.from({ length: 300 }, (_, i) => `old${i}-name.example.test`)
    store.keep(batchOf(START, 'first.example.test', ...labels))
    advance(90_000)
    store.keep(batchOf(START + 90_000, 'second.example.test'))
    advance(KEEP_MS - 90_000 - 70_000)
    store.expire(KEEP_MS)
    t.ok(names().includes('first.example.test'), 'it is there more than a minute before')
    t.ok(bytes().includes('first.example.test'), 'and can be found in the bytes')
    // As in life: every five seconds, and never as late as the seven days.
    for (let ms = 0; ms < 69_000; ms += 5_000) {
      store.expire(KEEP_MS)
      advance(5_000)
    }
    advance(70_000 - 14 * 5_000 + 1)
    t.same(names(), ['second.example.test'])
    const left = bytes()
    t.notOk(left.includes('first.example'), 'not in file, -wal or -shm')
    t.notOk(labels.some((label) => left.includes(label)))
    t.ok(left.includes('second.example'), 'what is younger is there')
    t.end()
  },
)

t.test('the clock jumps ahead: what is too old by it goes at the next look', (t) => {
  const { store, time, bytes, names } = setUp(t)
  store.keep(batchOf(START, 'first.example.test'))
  time.wallMs += KEEP_MS + 1
  time.monotonicMs += 5_000
  t.equal(store.expire(KEEP_MS), 1)
  t.same(names(), [])
  t.notOk(bytes().includes('first.example'))
  t.end()
})

t.test(
  'the clock was years ahead, and is set back: what was written then goes after seven days of running, over restarts too',
  (t) => {
    const { stateDir, store, time, advance, bytes, names } = setUp(t)
    time.wallMs += 5_000 * DAY_MS
    store.keep(batchOf(time.wallMs, 'ahead.example.test'))
    time.wallMs = START + 1_000
    advance(KEEP_MS / 2)
    store.expire(KEEP_MS)
    t.same(names(), ['ahead.example.test'])
    store.close()
    const next = setUp(t, stateDir)
    next.time.wallMs = START + KEEP_MS / 2
    next.advance(KEEP_MS / 2 - 120_000)
    next.store.expire(KEEP_MS)
    t.same(next.names(), ['ahead.example.test'])
    next.advance(120_000)
    next.store.expire(KEEP_MS)
    t.same(next.names(), [])
    t.notOk(bytes().includes('ahead.example'))
    t.end()
  },
)

t.test('it is bounded: the oldest go first', (t) => {
  const { store, advance, names } = setUp(t)
  for (let i = 0; i < 600; i++) {
    store.keep(
      batchOf(
        START + i,
        `n${i}.example.test`,
        ...Array.from({ length: 60 }, (_, j) => `filler${j}.example.test`),
      ),
    )
    advance(1)
  }
  const before = store.bytes
  t.ok(before > 1_000_000)
  t.ok(store.trim(before / 2) > 0)
  t.ok(store.bytes <= before / 2)
  const left = new Set(names())
  t.ok(left.has('n599.example.test'))
  t.notOk(store.find({ ...ALWAYS, name: 'n0.example.test' }).length)
  t.equal(store.trim(before), 0)
  t.end()
})

t.test('a new file begins where there is none', (t) => {
  const { stateDir, store } = setUp(t)
  store.close()
  t.ok(existsSync(join(stateDir, 'queries.db')))
  t.end()
})
