import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Batch } from '#domain/ingest.ts'
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX } from '#domain/ingest.ts'
import { key, lookupDraft, openOutbox, policyDraft, until } from './outbox-support.ts'
import { startSmallCollector } from './small-collector.ts'

t.test('an event is with a collector that is up within 100 ms of its commit', async (t) => {
  const collector = await startSmallCollector({ key })
  t.teardown(() => collector.close())
  const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
  t.teardown(() => outbox.close())
  await until('started is shipped', () => collector.rows('operations').length === 1)
  const times: number[] = []
  for (let at = 0; at < 20; at++) {
    const startedMs = performance.now()
    outbox.emit(lookupDraft())
    await until('shipped', () => collector.rows('safeguarding').length === at + 1)
    times.push(performance.now() - startedMs)
  }
  times.sort((a, b) => a - b)
  t.ok((times[10] ?? Infinity) < 100, `half within ${times[10]?.toFixed(1)} ms`)
  t.equal(collector.refused(), 0, 'every signature verified')
})

t.test(
  'what gathers while the collector is down comes afterwards: safeguarding first, in order, bounded',
  async (t) => {
    const probe = await startSmallCollector({ key })
    await probe.close()
    const outbox = await openOutbox(t.testdir(), { collectorUrl: probe.url })
    t.teardown(() => outbox.close())
    for (let at = 0; at < 1200; at++) {
      outbox.emit(policyDraft())
      outbox.emit(lookupDraft({}, { list: 'x'.repeat(300) }))
    }
    await until('stored', () => outbox.counters().stored === 2401)
    await until('the collector is missed', () => outbox.counters().shipping.state === 'failing')
    t.match(outbox.counters().shipping.text, /cannot be reached/)
    t.equal(outbox.counters().waiting, 2401)
    const collector = await startSmallCollector({ key, port: probe.port })
    t.teardown(() => collector.close())
    await until('all shipped', () => collector.rows('operations').length === 1201, 20_000)
    await until('nothing waits', () => outbox.counters().waiting === 0)
    const { lastAckAt = 0, shipped, shipping } = outbox.counters()
    t.equal(shipped, 2401)
    t.equal(shipping.state, 'ok')
    t.ok(Date.now() - lastAckAt < 5000)
    const lanes = collector.batches.map(({ batch }) => batch.events[0]?.lane)
    t.same(
      lanes,
      [
        ...lanes.filter((lane) => lane === 'safeguarding'),
        ...lanes.filter((lane) => lane !== 'safeguarding'),
      ],
      'no operations batch before the last safeguarding one',
    )
    for (const { batch } of collector.batches) {
      t.ok(batch.events.length <= BATCH_EVENTS_MAX)
      t.ok(Buffer.byteLength(JSON.stringify(batch)) <= BATCH_BYTES_MAX)
    }
    t.same(
      collector.batches
        .flatMap(({ batch }) => batch.events)
        .filter(({ lane }) => lane === 'safeguarding')
        .map(({ sequence }) => sequence),
      Array.from({ length: 1200 }, (_, at) => at + 1),
    )
  },
)

t.test('a lower mark brings back what the collector lost', async (t) => {
  const collector = await startSmallCollector({ key })
  t.teardown(() => collector.close())
  const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
  t.teardown(() => outbox.close())
  for (let at = 0; at < 300; at++) outbox.emit(lookupDraft())
  await until('shipped', () => outbox.counters().shipped === 301)
  const ids = new Set(collector.events('safeguarding').keys())
  collector.restore('safeguarding', 120)
  t.equal(collector.rows('safeguarding').length, 120)
  const draft = lookupDraft()
  outbox.emit(draft)
  await until('all of it again', () => collector.rows('safeguarding').length === 301)
  t.same(new Set(collector.events('safeguarding').keys()), ids.add(draft.id))
  t.equal(collector.epochs().length, 1)
  t.ok(outbox.faults().some(({ text }) => /lost 180 rows/.test(text)))
  await until('nothing waits', () => outbox.counters().waiting === 0)
})

t.test(
  'a conflict that a new epoch does not end stops its lane, is said, and leaves the other alone',
  async (t) => {
    let posts = 0
    const answer = (batch: Batch) => {
      if (batch.events[0]?.lane !== 'operations') return undefined
      posts++
      return { status: 409, body: { failure: 'conflicting-event' } }
    }
    const collector = await startSmallCollector({ key, answer })
    t.teardown(() => collector.close())
    const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
    t.teardown(() => outbox.close())
    await until('the conflicts', () => posts === 2)
    for (let at = 0; at < 5; at++) {
      outbox.emit(policyDraft())
      outbox.emit(lookupDraft())
      await until('shipped', () => collector.rows('safeguarding').length === at + 1)
    }
    t.equal(posts, 2, 'nothing spins')
    t.match(outbox.counters().shipping, {
      state: 'failing',
      text: /operations events are no longer sent/,
    })
    t.ok(outbox.faults().some(({ text }) => /another event under the same key/.test(text)))
  },
)

t.test(
  'an outbox restored from a backup goes on in a new epoch, and nothing is lost',
  async (t) => {
    const collector = await startSmallCollector({ key })
    t.teardown(() => collector.close())
    const dir = t.testdir()
    const before = await openOutbox(dir, { collectorUrl: collector.url })
    before.emit(lookupDraft())
    await until('shipped', () => before.counters().waiting === 0 && before.counters().shipped >= 2)
    await before.close()
    const backup = join(dir, 'backup')
    copyFileSync(join(dir, 'outbox.db'), backup)
    const later = await openOutbox(dir, { collectorUrl: collector.url })
    for (let i = 0; i < 3; i++) later.emit(lookupDraft())
    await until('shipped', () => later.counters().waiting === 0 && later.counters().shipped >= 4)
    await later.close()
    for (const name of ['outbox.db-wal', 'outbox.db-shm']) rmSync(join(dir, name), { force: true })
    copyFileSync(backup, join(dir, 'outbox.db'))
    const restored = await openOutbox(dir, { collectorUrl: collector.url })
    t.teardown(() => restored.close())
    const draft = lookupDraft()
    restored.emit(draft)
    await until('shipped again', () => collector.events('safeguarding').has(draft.id))
    t.equal(collector.epochs().length, 2)
    t.equal(collector.events('safeguarding').size, 5)
    t.ok(restored.faults().some(({ text }) => /new epoch was begun/.test(text)))
  },
)

t.test('a refused event holds up its own lane only', async (t) => {
  const answer = (batch: Batch) =>
    batch.events[0]?.lane === 'operations' ? { status: 400, body: { failure: 'bad' } } : undefined
  const collector = await startSmallCollector({ key, answer })
  t.teardown(() => collector.close())
  const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
  t.teardown(() => outbox.close())
  await until('refused', () => outbox.counters().shipping.state === 'failing')
  outbox.emit(lookupDraft())
  await until('shipped', () => collector.rows('safeguarding').length === 1)
  t.equal(collector.rows('operations').length, 0)
  t.match(
    outbox.counters().shipping,
    { state: 'failing', text: /operations events: the collector refuses/ },
    'the lane that goes well does not hide the other',
  )
})

t.test(
  'an answer that is no receipt, of another epoch, or acknowledges nothing is tried again, once a second at most',
  async (t) => {
    const posts: number[] = []
    const answer = (batch: Batch) => {
      posts.push(performance.now())
      const body = bodies(batch)[posts.length - 1]
      return body === undefined ? undefined : { status: 200, body }
    }
    const collector = await startSmallCollector({ key, answer })
    t.teardown(() => collector.close())
    const outbox = await openOutbox(
      t.testdir(),
      { collectorUrl: collector.url },
      { retryMsMax: 1100 },
    )
    t.teardown(() => outbox.close())
    const spam = setInterval(() => outbox.emit(lookupDraft()), 50)
    t.teardown(() => clearInterval(spam))
    await until('taken in the end', () => collector.rows('operations').length === 1, 20_000)
    const gaps = posts.slice(1, 5).map((at, index) => at - (posts[index] ?? 0))
    t.ok(
      gaps.every((gap) => gap > 900),
      `gaps of ${gaps.map(Math.round).join(', ')} ms`,
    )
  },
)

t.test(
  'a collector that does not answer is given up after the limit, one that answers too much at once',
  async (t) => {
    const big = { status: 200, body: 'x'.repeat(100_000) }
    const collector = await startSmallCollector({ key, answer: () => big })
    t.teardown(() => collector.close())
    const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
    t.teardown(() => outbox.close())
    await until('failing', () => outbox.counters().shipping.state === 'failing')
    t.match(outbox.counters().shipping.text, /more than it may/)
    const { createServer } = await import('node:net')
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve)
    })
    t.teardown(() => silent.close())
    const address = silent.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const second = await openOutbox(
      t.testdir(),
      { collectorUrl: `http://127.0.0.1:${port}` },
      { requestTimeoutMs: 300 },
    )
    await until('timeout', () => second.counters().shipping.state === 'failing')
    t.match(second.counters().shipping.text, /did not answer within 0.3 s/)
    const startedMs = performance.now()
    second.emit(lookupDraft())
    await second.close()
    t.ok(performance.now() - startedMs < 1000, 'closing does not wait for the collector')
  },
)

t.test('a collector that does not know the box is said in words', async (t) => {
  const collector = await startSmallCollector({ key, answer: () => ({ status: 403, body: {} }) })
  t.teardown(() => collector.close())
  const outbox = await openOutbox(t.testdir(), { collectorUrl: collector.url })
  t.teardown(() => outbox.close())
  await until('failing', () => outbox.counters().shipping.state === 'failing')
  t.match(outbox.counters().shipping.text, /must be enrolled/)
})

function bodies(batch: Batch): unknown[] {
  return [
    'nonsense',
    { epoch: batch.epoch, marks: { safeguarding: -1, operations: 0 } },
    { epoch: 'another', marks: { safeguarding: 1, operations: 1 } },
    { epoch: batch.epoch, marks: { safeguarding: 0, operations: 0 } },
  ]
}
