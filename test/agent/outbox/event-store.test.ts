import t, { type Test } from 'tap'
import { EventStore, type StoreTime } from '#agent/outbox/event-store.ts'
import { type HeldDraft, holdDraft } from '#agent/outbox/held-draft.ts'
import { openStore } from '#agent/outbox/open-store.ts'
import { DEFAULT_OUTBOX_LIMITS, type OutboxLimits } from '#agent/outbox/outbox-limits.ts'
import { Receipts } from '#agent/outbox/receipts.ts'
import { Retention } from '#agent/outbox/retention.ts'
import { isFailure } from '#domain/failure.ts'
import type { Sqlite } from '#platform/sqlite.ts'
import { lookupDraft, policyDraft } from './outbox-support.ts'

const DAY = 86_400_000
const START: StoreTime = { wallMs: Date.UTC(2026, 10, 1), aliveMs: 0 }

interface Opened {
  readonly db: Sqlite
  readonly store: EventStore
  readonly receipts: Receipts
  readonly retention: Retention
}

function open(t: Test, limits: Partial<OutboxLimits> = {}): Opened {
  const { db } = openStore(t.testdir(), 3, START.wallMs)
  t.teardown(() => db.close())
  const store = new EventStore(db, START.wallMs)
  const retention = new Retention(db, store, { ...DEFAULT_OUTBOX_LIMITS, ...limits })
  return { db, store, receipts: new Receipts(db, store), retention }
}

function held(kind: 'lookup' | 'policy'): HeldDraft {
  const made = holdDraft(kind === 'lookup' ? lookupDraft() : policyDraft(), 16_384)
  if (isFailure(made)) throw new Error(made.detail)
  return made
}

function fill(store: EventStore, lookups: number, policies: number, time = START): void {
  store.commit(
    [
      ...Array.from({ length: lookups }, () => held('lookup')),
      ...Array.from({ length: policies }, () => held('policy')),
    ],
    time,
  )
}

function later(days: number, aliveDays = days): StoreTime {
  return { wallMs: START.wallMs + days * DAY, aliveMs: START.aliveMs + aliveDays * DAY }
}

t.test('a transaction that fails leaves no hole in the sequences', (t) => {
  const { db, store } = open(t)
  fill(store, 2, 0)
  db.exec(
    `CREATE TRIGGER break BEFORE INSERT ON event WHEN new.sequence = 5 BEGIN SELECT raise(ABORT, 'x'); END`,
  )
  t.throws(() => fill(store, 4, 0))
  t.equal(store.rows, 2)
  db.exec('DROP TRIGGER break')
  fill(store, 3, 0)
  t.same(
    store.nextRows('safeguarding', 100).map(({ sequence }) => sequence),
    [1, 2, 3, 4, 5],
  )
  t.equal(store.rows, 5)
  t.end()
})

t.test('acknowledged rows stay a week, others thirty days', (t) => {
  const { store, receipts, retention } = open(t)
  fill(store, 10, 10)
  receipts.apply(
    { epoch: store.epoch.id, marks: { safeguarding: 10, operations: 4 } },
    { safeguarding: 10, operations: 4 },
    START,
  )
  t.same(store.lanes.waiting(), { safeguarding: 0, operations: 6 })
  t.equal(retention.expire(later(6.9)).acked, 0)
  t.equal(retention.expire(later(7.1)).acked, 14)
  t.same(retention.expire(later(29.9)).lost, { safeguarding: 0, operations: 0 })
  t.same(retention.expire(later(30.1)).lost, { safeguarding: 0, operations: 6 })
  t.equal(store.rows, 0)
  t.end()
})

t.test('a clock that jumps ahead deletes nothing', (t) => {
  const { store, receipts, retention } = open(t)
  fill(store, 10, 0)
  receipts.apply(
    { epoch: store.epoch.id, marks: { safeguarding: 5, operations: 0 } },
    { safeguarding: 5, operations: 0 },
    START,
  )
  t.same(retention.expire(later(20_000, 0.5)), {
    acked: 0,
    lost: { safeguarding: 0, operations: 0 },
  })
  t.equal(store.rows, 10)
  t.end()
})

t.test(
  'the limit of rows costs acknowledged rows first, then operations, safeguarding last',
  (t) => {
    const { store, receipts, retention } = open(t, { rowsMax: 10 })
    fill(store, 8, 8)
    receipts.apply(
      { epoch: store.epoch.id, marks: { safeguarding: 2, operations: 1 } },
      { safeguarding: 2, operations: 1 },
      START,
    )
    t.same(retention.trim(), { acked: 3, lost: { safeguarding: 0, operations: 3 } })
    t.equal(retention.trim(), undefined)
    t.equal(store.rows, 10)
    fill(store, 8, 0)
    t.same(retention.trim(), { acked: 0, lost: { safeguarding: 4, operations: 4 } })
    t.same(store.lanes.waiting(), { safeguarding: 10, operations: 0 })
    t.end()
  },
)

t.test(
  'rows that are gone for good begin a new epoch, in which everything kept is dense again',
  (t) => {
    const { store, receipts, retention } = open(t, { rowsMax: 12 })
    fill(store, 10, 10)
    retention.trim()
    t.same(store.lanes.waiting(), { safeguarding: 10, operations: 2 })
    const { id: old } = store.epoch
    const ids = store.nextRows('operations', 9).map(({ id }) => id)
    const marks = { safeguarding: 4, operations: 0 }
    const effect = receipts.apply({ epoch: old, marks }, marks, START)
    t.same(effect, { acked: 4, takenBack: 0, hasNewEpoch: true })
    t.not(store.epoch.id, old)
    t.same(
      store.nextRows('safeguarding', 99).map(({ sequence }) => sequence),
      [1, 2, 3, 4, 5, 6],
    )
    const operations = store.nextRows('operations', 99)
    t.same(
      operations.map(({ sequence }) => sequence),
      [1, 2, 3],
    )
    t.same(
      operations.slice(0, 2).map(({ id }) => id),
      ids,
    )
    t.match(JSON.parse(operations[2]?.body ?? ''), {
      kind: 'events-dropped',
      lane: 'operations',
      count: 8,
    })
    fill(store, 1, 0)
    t.equal(store.nextRows('safeguarding', 99).at(-1)?.sequence, 7)
    const all = { safeguarding: 7, operations: 3 }
    t.notOk(
      receipts.apply({ epoch: store.epoch.id, marks: all }, all, START).hasNewEpoch,
      'and it stays so',
    )
    t.same(store.lanes.waiting(), { safeguarding: 0, operations: 0 })
    t.end()
  },
)

t.test(
  'a collector restored to before what is kept gets what is left, and is told of the rest',
  (t) => {
    const { store, receipts, retention } = open(t)
    fill(store, 10, 0)
    receipts.apply(
      { epoch: store.epoch.id, marks: { safeguarding: 10, operations: 0 } },
      { safeguarding: 10, operations: 0 },
      START,
    )
    retention.expire(later(8))
    fill(store, 3, 0, later(8))
    const effect = receipts.apply(
      { epoch: store.epoch.id, marks: { safeguarding: 6, operations: 0 } },
      { safeguarding: 13, operations: 0 },
      later(8),
    )
    t.ok(effect.hasNewEpoch)
    t.equal(store.nextRows('safeguarding', 9).length, 3)
    const [told] = store.nextRows('operations', 9)
    t.match(JSON.parse(told?.body ?? ''), {
      kind: 'events-dropped',
      lane: 'safeguarding',
      count: 4,
    })
    t.end()
  },
)

t.test(
  'a mark beyond all that was ever stored means that the file is an old copy: a new epoch',
  (t) => {
    const { store, receipts } = open(t)
    fill(store, 2, 2)
    const marks = { safeguarding: 900, operations: 0 }
    t.ok(receipts.apply({ epoch: store.epoch.id, marks }, {}, START).hasNewEpoch)
    fill(store, 1, 0)
    t.same(
      store.nextRows('safeguarding', 9).map(({ sequence }) => sequence),
      [1, 2, 3],
      'what the mark would cover was never sent under this epoch, so it goes again',
    )
    t.equal(store.nextRows('operations', 9).length, 2)
    t.end()
  },
)
