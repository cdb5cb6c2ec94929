import fc from 'fast-check'
import t from 'tap'
import { type OpenEvent, OpenEvents } from '#agent/signals/open-events.ts'
import { handTime } from '#test/support/hand-time.ts'

interface Counted extends OpenEvent {
  readonly id: string
  count: number
}

const EVERY_MS = 100

function setUp(openMax = 10) {
  const { clock, after, advance, armed } = handTime()
  const told: { id: string; revision: number; count: number; atMs: number }[] = []
  const ended: string[] = []
  const open = new OpenEvents<Counted>({
    clock,
    after,
    openMax,
    revisionEveryMs: EVERY_MS,
    draftOf: ({ id, revision, count }) => {
      told.push({ id, revision, count, atMs: clock.monotonicMs() })
      const body = { kind: 'outbox-cleared', dropped: count } as never
      return { id, revision, at: clock.wallMs(), body }
    },
    emit: () => undefined,
    onEnd: ({ id }) => ended.push(id),
  })
  let made = 0
  const begin = (key: string): Counted => {
    const event = { id: `${key} ${made++}`, endsMs: clock.monotonicMs() + 1000, revision: 0 }
    const counted = { ...event, count: 1 }
    open.add(key, counted)
    open.tell(counted)
    return counted
  }
  return { open, begin, told, ended, advance, armed, clock }
}

t.test('a change waits so long at most, and one that is told at once does not wait again', (t) => {
  const { open, begin, told, advance } = setUp()
  const event = begin('a')
  event.count++
  open.tellLater(event)
  advance(60)
  event.count++
  open.tellLater(event)
  advance(39)
  t.equal(told.length, 1)
  advance(1)
  t.match(told[1], { revision: 2, count: 3, atMs: 100 })
  event.count++
  open.tellLater(event)
  open.tell(event)
  advance(1000)
  t.equal(told.length, 3)
  t.end()
})

t.test('there is one timer, however often what waits for it is told before', (t) => {
  const { open, begin, told, advance, armed } = setUp()
  const event = begin('a')
  for (let i = 0; i < 50; i++) {
    open.tellLater(event)
    open.tell(event)
    t.ok(armed() <= 1, `${armed()} timers`)
    advance(1)
  }
  open.tellLater(event)
  open.close()
  t.equal(armed(), 0, 'and none when it is closed')
  t.equal(told.length, 52, 'with the last state')
  t.end()
})

t.test(
  'those of before go on in the order in which they end, as many as there is room for',
  (t) => {
    const { open, ended, advance, clock } = setUp(2)
    const of = (id: string, endsMs: number): [string, Counted] => [
      id,
      { id, endsMs, revision: 4, count: 1 },
    ]
    const resumed = open.resume([of('c', 900), of('a', 300), of('b', 600)])
    t.strictSame(
      resumed.map(({ id }) => id),
      ['a', 'b'],
    )
    advance(300)
    open.closeEnded(clock.monotonicMs())
    t.strictSame(ended, ['a'])
    t.equal(open.size, 1)
    t.end()
  },
)

t.test('whatever comes: nothing counted is left untold, and revisions are dense', (t) => {
  const step = fc.record({ waitMs: fc.nat(400), key: fc.constantFrom('a', 'b', 'c') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (steps, max) => {
      const { open, begin, told, advance, clock } = setUp(max)
      for (const { waitMs, key } of steps) {
        advance(waitMs)
        open.closeEnded(clock.monotonicMs())
        const known = open.get(key)
        if (!known) begin(key)
        else {
          known.count++
          open.tellLater(known)
        }
      }
      open.close()
      const newest = new Map(told.map((one) => [one.id, one]))
      const sum = [...newest.values()].reduce((all, { count }) => all + count, 0)
      if (sum !== steps.length) throw new Error(`${sum} of ${steps.length} told`)
      for (const id of newest.keys()) {
        const revisions = told.filter((one) => one.id === id).map(({ revision }) => revision)
        if (revisions.some((revision, i) => revision !== i + 1)) throw new Error('not dense')
      }
    }),
  )
  t.equal(setUp().open.size, 0)
  t.end()
})
