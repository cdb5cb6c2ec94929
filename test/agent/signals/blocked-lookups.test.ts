import fc from 'fast-check'
import t from 'tap'
import type { BlockedLookup } from '#agent/signals/blocked-lookup.ts'
import { makeBlockedLookups } from '#agent/signals/blocked-lookups.ts'
import type { EventDraft, LookupBlocked, StoredEvent } from '#domain/event.ts'
import type { Signal } from '#domain/signal.ts'
import { CANARIES_LIST } from '#rules/sets/canaries.ts'
import { handTime, WALL_START } from '#test/support/hand-time.ts'

function setUp(windowsMax = 1000) {
  const emitted: (EventDraft & { readonly emittedMs: number })[] = []
  const { clock, after, advance } = handTime(WALL_START)
  const emit = (draft: EventDraft): void => {
    emitted.push({ ...draft, emittedMs: clock.monotonicMs() })
  }
  const limits = { windowsMax }
  const describe = (client: string) => people.get(client) ?? { address: client }
  const profileOf = (group: string) => (group === 'staff' ? 'staff' : undefined)
  const lookups = makeBlockedLookups({ clock, after, emit, limits, describe, profileOf })
  return { emitted, clock, advance, lookups }
}

/** Whom the box knows. */
const people = new Map([['192.0.2.77', { address: '192.0.2.77', device: 'laptop-7' }]])

function lookup(given: Partial<BlockedLookup> = {}): BlockedLookup {
  return {
    client: '192.0.2.10',
    group: 'ks3',
    category: 'harm.selfharm',
    theme: 'self-harm',
    severity: 'high',
    name: { form: 'clear', name: 'bad.example.org' },
    list: 'test',
    ...given,
  }
}

function signal(points: number): Signal {
  return {
    weights: 1,
    intent: 50,
    why: 'lone',
    moment: 'lesson',
    distinctNames: 1,
    isNew: false,
    parts: [{ part: 'weight', value: 45 }],
    points,
  }
}

function bodyOf(draft: EventDraft | undefined): LookupBlocked {
  if (draft?.body.kind !== 'lookup-blocked') throw new Error('no lookup-blocked')
  return draft.body
}

t.test('the first blocked lookup is told at once and in full', (t) => {
  const { emitted, lookups } = setUp()
  lookups.record(lookup({ client: '192.0.2.77' }))
  t.equal(emitted.length, 1)
  t.match(emitted[0], { revision: 1, at: WALL_START, id: /^[0-9a-f-]{36}$/ })
  t.same(bodyOf(emitted[0]), {
    kind: 'lookup-blocked',
    group: 'ks3',
    client: { address: '192.0.2.77', device: 'laptop-7' },
    category: 'harm.selfharm',
    theme: 'self-harm',
    severity: 'high',
    name: { form: 'clear', name: 'bad.example.org' },
    list: 'test',
    count: 1,
    firstAt: WALL_START,
    lastAt: WALL_START,
  })
  t.end()
})

t.test('a real lookup after a trial of the filter is told as an event of its own', (t) => {
  const { emitted, lookups, advance } = setUp()
  const trial = lookups.record(lookup({ list: CANARIES_LIST }))
  const real = lookups.record(lookup())
  t.not(real, trial)
  t.equal(lookups.record(lookup({ list: CANARIES_LIST })), trial)
  t.equal(lookups.record(lookup({ list: 'another' })), real, 'other lists are all real')
  advance(1_000)
  t.match(emitted.map(bodyOf), [
    { list: CANARIES_LIST, count: 1 },
    { list: 'test', count: 1 },
    { list: CANARIES_LIST, count: 2 },
    { list: 'test', count: 2 },
  ])
  t.end()
})

t.test('more lookups raise the count of the same event, a few times a second at most', (t) => {
  const { emitted, lookups, advance } = setUp()
  for (let at = 0; at < 100; at++) {
    lookups.record(lookup({ name: { form: 'clear', name: `other${at}.example.org` } }))
    advance(10)
  }
  advance(250)
  t.equal(new Set(emitted.map(({ id }) => id)).size, 1)
  t.same(
    emitted.map(({ revision }) => revision),
    emitted.map((_, at) => at + 1),
    'revisions are dense',
  )
  t.ok(emitted.length <= 6, `${emitted.length} revisions of 100 lookups`)
  t.match(bodyOf(emitted.at(-1)), { count: 100, lastAt: WALL_START + 990, firstAt: WALL_START })
  t.match(bodyOf(emitted.at(-1)).name, { name: 'other0.example.org' }, 'the first name stays')
  t.end()
})

t.test('another client, another category, or five minutes later is another event', (t) => {
  const { emitted, lookups, advance } = setUp()
  lookups.record(lookup())
  lookups.record(lookup({ client: '2001:db8::1' }))
  lookups.record(lookup({ category: 'adult.porn' }))
  advance(299_999)
  lookups.record(lookup())
  advance(250)
  lookups.record(lookup())
  t.equal(new Set(emitted.map(({ id }) => id)).size, 4)
  t.match(bodyOf(emitted.at(-1)), { count: 1, firstAt: WALL_START + 300_249 })
  t.match(bodyOf(emitted.at(-2)), { count: 2 })
  t.end()
})

t.test('too many windows close the oldest, told to its end', (t) => {
  const { emitted, lookups } = setUp(2)
  lookups.record(lookup({ client: '192.0.2.1' }))
  lookups.record(lookup({ client: '192.0.2.1' }))
  lookups.record(lookup({ client: '192.0.2.2' }))
  lookups.record(lookup({ client: '192.0.2.3' }))
  t.same(lookups.counters(), { windows: 2, lookups: 4, closedEarly: 1, signalsLost: 0 })
  t.ok(
    emitted.some(
      ({ body, revision }) => revision === 2 && body.kind === 'lookup-blocked' && body.count === 2,
    ),
  )
  t.end()
})

t.test('after a restart an open event goes on under its id, for the rest of its window', (t) => {
  const { emitted, lookups, advance } = setUp()
  lookups.record(lookup())
  const first = emitted[0]
  if (!first) throw new Error('nothing emitted')
  const { emittedMs: _, ...draft } = first
  const stored: StoredEvent = { ...draft, v: 1, lane: 'safeguarding', sequence: 1 }
  const again = setUp()
  again.advance(100_000)
  again.lookups.resume([stored])
  t.equal(again.emitted.length, 0, 'resuming tells nothing')
  again.lookups.record(lookup())
  again.advance(250)
  t.match(again.emitted, [{ id: draft.id, revision: 2 }])
  t.match(bodyOf(again.emitted[0]), { count: 2, firstAt: WALL_START })
  again.advance(199_750)
  again.lookups.record(lookup())
  t.not(again.emitted.at(-1)?.id, draft.id, 'not beyond it')
  advance(0)
  const late = setUp()
  late.advance(300_000)
  late.lookups.resume([stored])
  t.equal(late.lookups.counters().windows, 0)
  t.end()
})

t.test('a signal comes with the next revision of its event, also after its window', (t) => {
  const { emitted, lookups, advance } = setUp()
  const event = lookups.record(lookup({ group: 'staff' }))
  t.equal(event, emitted[0]?.id)
  t.equal(bodyOf(emitted[0]).profile, 'staff')
  lookups.scored(event, signal(20))
  lookups.scored(event, signal(22))
  t.equal(emitted.length, 1, 'a few times a second at most')
  advance(250)
  t.match(emitted.slice(1), [{ id: event, revision: 2 }])
  t.equal(bodyOf(emitted.at(-1)).signal?.points, 22, 'the newest counts')
  advance(300_000)
  t.not(lookups.record(lookup({ group: 'staff' })), event, 'the window is over')
  lookups.scored(event, signal(40))
  advance(250)
  t.match(emitted.at(-1), { id: event, revision: 3 })
  t.match(bodyOf(emitted.at(-1)), { count: 1, signal: { points: 40 } })
  t.end()
})

t.test('a signal of an event that is not known is counted', (t) => {
  const { emitted, lookups, advance } = setUp(1)
  lookups.scored('no-such-event', signal(20))
  const first = lookups.record(lookup())
  advance(1_100_000)
  lookups.record(lookup({ client: '192.0.2.11' }))
  lookups.scored(first, signal(20))
  advance(250)
  t.equal(lookups.counters().signalsLost, 2)
  t.equal(emitted.length, 2)
  t.end()
})

t.test('closing tells a signal that was not told yet', (t) => {
  const { emitted, lookups, advance } = setUp()
  const event = lookups.record(lookup())
  advance(300_000)
  lookups.record(lookup())
  lookups.scored(event, signal(20))
  lookups.close()
  t.match(emitted.at(-1), { id: event, revision: 2 })
  t.end()
})

t.test('a signal outlives a restart with its event', (t) => {
  const { emitted, lookups, advance } = setUp()
  const event = lookups.record(lookup())
  lookups.scored(event, signal(20))
  advance(250)
  const last = emitted.at(-1)
  if (!last) throw new Error('nothing emitted')
  const { emittedMs: _, ...draft } = last
  const again = setUp()
  again.advance(1_000)
  again.lookups.resume([{ ...draft, v: 1, lane: 'safeguarding', sequence: 2 }])
  again.lookups.record(lookup())
  again.advance(250)
  t.match(again.emitted, [{ id: event, revision: 3 }])
  t.match(bodyOf(again.emitted[0]), { count: 2, signal: { points: 20 } })
  again.lookups.scored(event, signal(30))
  again.advance(250)
  t.equal(bodyOf(again.emitted.at(-1)).signal?.points, 30)
  t.end()
})

t.test('closing tells what was not told yet', (t) => {
  const { emitted, lookups } = setUp()
  lookups.record(lookup())
  lookups.record(lookup())
  lookups.close()
  t.match(bodyOf(emitted.at(-1)), { count: 2 })
  t.end()
})

t.test('whatever comes and when: no lookup is lost, and each is told within 250 ms', (t) => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 40_000 }),
    client: fc.integer({ min: 1, max: 4 }),
  })
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 1, max: 4 }),
      (steps, windowsMax) => {
        const { emitted, lookups, advance, clock } = setUp(windowsMax)
        let recorded = 0
        for (const { waitMs, client } of steps) {
          advance(waitMs)
          lookups.record(lookup({ client: `192.0.2.${client}` }))
          recorded++
          const atMs = clock.monotonicMs()
          advance(250)
          const counts = new Map(emitted.map((draft) => [draft.id, bodyOf(draft).count]))
          const told = [...counts.values()].reduce((sum, count) => sum + count, 0)
          if (told !== recorded) throw new Error(`told ${told} of ${recorded} at ${atMs}`)
        }
        for (const id of new Set(emitted.map((draft) => draft.id))) {
          const times = emitted.filter((draft) => draft.id === id).map(({ emittedMs }) => emittedMs)
          const isTooSoon = times.some(
            (at, index) => index > 0 && at - (times[index - 1] ?? 0) < 250,
          )
          if (isTooSoon && windowsMax === 4) throw new Error('revisions too close')
        }
      },
    ),
  )
  t.end()
})
