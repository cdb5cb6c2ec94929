import t from 'tap'
import { HandOver } from '#agent/outbox/hand-over.ts'
import { type HeldDraft, holdDraft } from '#agent/outbox/held-draft.ts'
import { DEFAULT_OUTBOX_LIMITS } from '#agent/outbox/outbox-limits.ts'
import type { Lane } from '#domain/event.ts'
import { isFailure } from '#domain/failure.ts'
import { lookupDraft } from './outbox-support.ts'

function setUp() {
  const sent: { batch: number; drafts: readonly HeldDraft[] }[] = []
  const lost: Lane[] = []
  const handOver = new HandOver({
    limits: { ...DEFAULT_OUTBOX_LIMITS, commitEventsMax: 10 },
    wallMs: () => 1000,
    send: (batch, drafts) => {
      sent.push({ batch, drafts })
      return true
    },
    onLost: (lane, count) => lost.push(...Array.from({ length: count }, () => lane)),
  })
  return { sent, lost, handOver }
}

function held(): HeldDraft {
  const made = holdDraft(lookupDraft(), 16_384)
  if (isFailure(made)) throw new Error(made.detail)
  return made
}

t.test('what comes while a batch is being committed goes together in the next', (t) => {
  const { sent, handOver } = setUp()
  for (let at = 0; at < 25; at++) handOver.add(held())
  t.same(
    sent.map(({ drafts }) => drafts.length),
    [1],
  )
  t.equal(handOver.waiting, 25)
  t.equal(handOver.committed(1).length, 1)
  handOver.committed(2)
  handOver.committed(3)
  t.same(
    sent.map(({ drafts }) => drafts.length),
    [1, 10, 10, 4],
  )
  t.same(handOver.committed(2), [], 'an old answer changes nothing')
  handOver.committed(4)
  t.equal(handOver.waiting, 0)
  t.end()
})

t.test('a batch goes again to the store that replaces one which died', (t) => {
  const { sent, handOver } = setUp()
  handOver.add(held())
  handOver.storeDied()
  handOver.storeRestarted()
  t.equal(sent.length, 2)
  t.same(sent[1], sent[0])
  t.end()
})

t.test('a batch that the store dies of every time is given up, counted and told', (t) => {
  const { sent, lost, handOver } = setUp()
  const bad = held()
  handOver.add(bad)
  for (let death = 0; death < 5; death++) {
    handOver.storeDied()
    handOver.storeRestarted()
  }
  t.same(lost, [], 'a store that never opened did not die of the batch')
  for (let death = 0; death < 5; death++) {
    handOver.storeOpened()
    handOver.storeDied()
    handOver.storeRestarted()
  }
  t.same(lost, ['safeguarding'])
  const [told] = sent.at(-1)?.drafts ?? []
  t.match(JSON.parse(told?.body ?? ''), {
    kind: 'events-dropped',
    lane: 'safeguarding',
    count: 1,
    firstAt: bad.at,
  })
  t.end()
})
