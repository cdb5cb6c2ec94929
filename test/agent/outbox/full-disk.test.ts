import { rmSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fillUp, smallDisk, smallDiskMissing } from '#test/support/small-disk.ts'
import { key, lookupDraft, openOutbox, policyDraft, until } from './outbox-support.ts'
import { startSmallCollector } from './small-collector.ts'

t.test(
  'a full disk stops nothing, costs no safeguarding event that fits in memory, and heals',
  { skip: smallDiskMissing },
  async (t) => {
    const dir = smallDisk(t)
    const collector = await startSmallCollector({ key })
    t.teardown(() => collector.close())
    const limits = { memoryEventsMax: 300 }
    const outbox = await openOutbox(dir, { collectorUrl: collector.url }, limits)
    await until('started', () => outbox.counters().shipped === 1)
    const ballast = join(dir, 'ballast')
    fillUp(ballast)
    const ids: string[] = []
    let slowestMs = 0
    let policies = 0
    const emit = (): void => {
      const draft = lookupDraft()
      ids.push(draft.id)
      const startedMs = performance.now()
      outbox.emit(draft)
      outbox.emit(policyDraft())
      slowestMs = Math.max(slowestMs, performance.now() - startedMs)
      policies++
    }
    const beforeMs = performance.now()
    while (outbox.counters().storing.state === 'ok' && performance.now() - beforeMs < 5000) {
      emit()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    t.match(outbox.counters().storing, {
      state: 'failing',
      text: /SQLITE_FULL|SQLITE_IOERR|ENOSPC/,
    })
    for (let at = 0; at < 200; at++) emit()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    t.ok(slowestMs < 50, `emitting never waits (at most ${slowestMs.toFixed(2)} ms)`)
    const { droppedByLane } = outbox.counters()
    t.equal(droppedByLane.safeguarding, 0)
    t.ok(droppedByLane.operations > 0, 'operations made room')
    rmSync(ballast)
    const freedMs = performance.now()
    await until('healed', () => outbox.counters().storing.state === 'ok')
    t.ok(
      performance.now() - freedMs < 5000,
      `${Math.round(performance.now() - freedMs)} ms after there was space`,
    )
    await until('all shipped', () => outbox.counters().waiting === 0, 20_000)
    await outbox.close()
    const arrived = collector.events('safeguarding')
    t.same(
      ids.filter((id) => !arrived.has(id)),
      [],
      'every safeguarding event arrived',
    )
    t.ok(
      collector.rows('safeguarding').every(({ sequence }, at) => sequence === at + 1),
      'dense',
    )
    t.ok(
      collector.rows('operations').every(({ sequence }, at) => sequence === at + 1),
      'dense',
    )
    const operations = [...collector.events('operations').values()].map(({ body }) => body)
    const told = operations.reduce(
      (sum, body) => sum + (body.kind === 'events-dropped' ? body.count : 0),
      0,
    )
    const came = operations.filter(({ kind }) => kind === 'policy-applied').length
    t.equal(told, droppedByLane.operations, 'the gap is told to the last event')
    t.equal(told + came, policies)
  },
)

t.test(
  'a disk that is full from the start stops nothing either',
  { skip: smallDiskMissing },
  async (t) => {
    const dir = smallDisk(t)
    const ballast = join(dir, 'ballast')
    fillUp(ballast)
    const startedMs = performance.now()
    const outbox = await openOutbox(dir)
    t.ok(performance.now() - startedMs < 5000)
    outbox.emit(lookupDraft())
    await until('failing', () => outbox.counters().storing.state === 'failing')
    rmSync(ballast)
    await until('healed', () => outbox.counters().stored === 2)
    await outbox.close()
  },
)
