import t from 'tap'
import { MINUTE, SECOND, TickClock, ticksBetween } from '#agent/signals/ticks.ts'

const NOON = Date.UTC(2026, 10, 24, 12)

t.test('a wall clock that is set does not tear the window', (t) => {
  const clock = new TickClock()
  const first = clock.tickOf(NOON)
  t.equal(ticksBetween(first, clock.tickOf(NOON + 5_000)), 5 * SECOND)
  const back = clock.tickOf(NOON - 3_600_000)
  t.equal(ticksBetween(first, back), 5 * SECOND, 'set back by an hour: no time has passed')
  t.equal(ticksBetween(back, clock.tickOf(NOON - 3_600_000 + 1_000)), SECOND, 'and it goes on')
  const ahead = clock.tickOf(NOON + 50 * 365 * 86_400_000)
  t.equal(ticksBetween(back, ahead), 24 * 60 * MINUTE + SECOND, 'set ahead by years: a day')
  t.equal(clock.wallOf(ahead), NOON + 50 * 365 * 86_400_000, 'wall times are those of now')
  t.equal(clock.wallOf(ahead - SECOND), NOON + 50 * 365 * 86_400_000 - 1_000)
  t.end()
})

t.test('lookups of several threads may come a little out of order', (t) => {
  const clock = new TickClock()
  const first = clock.tickOf(NOON)
  clock.tickOf(NOON + 1_000)
  t.equal(ticksBetween(first, clock.tickOf(NOON + 200)), SECOND / 5)
  t.equal(ticksBetween(first, clock.tickOf(NOON + 1_500)), 1.5 * SECOND)
  t.end()
})

t.test('ticks are compared beyond what fits into 32 bits', (t) => {
  const kept = new Uint32Array(1)
  kept[0] = 2 ** 32 - 5
  t.equal(ticksBetween(kept[0] ?? 0, 2 ** 32 + 5), 10)
  t.equal(ticksBetween(3, kept[0] ?? 0), -8)
  t.end()
})
