import t from 'tap'
import type { Assessment } from '#agent/link/assess.ts'
import { LinkHysteresis } from '#agent/link/link-hysteresis.ts'

const UP: Assessment = { state: 'up', cause: 'none', detail: '' }
const LINE: Assessment = { state: 'down', cause: 'line', detail: '' }
const UPSTREAM: Assessment = { state: 'down', cause: 'upstream', detail: '' }
const LOSSY: Assessment = { state: 'degraded', cause: 'line', detail: '' }

function run(rounds: readonly Assessment[], everyMs = 10_000): string[] {
  const hysteresis = new LinkHysteresis()
  return rounds.map((round, at) =>
    hysteresis.take(round, at * everyMs) ? `${round.state}/${round.cause}` : '',
  )
}

t.test('the first good round is believed at once, a bad one only when it is confirmed', (t) => {
  t.same(run([UP]), ['up/none'])
  t.same(run([LINE, LINE]), ['', 'down/line'])
  t.end()
})

t.test('one bad round is no alarm', (t) => {
  t.same(run([UP, LINE, UP, LINE, UP]), ['up/none', '', '', '', ''])
  t.end()
})

t.test('a cut that begins in the middle of a round is blamed on the right one', (t) => {
  t.same(run([UP, UPSTREAM, LINE, LINE]), ['up/none', '', '', 'down/line'])
  t.end()
})

t.test('a link that is bad in other ways every time is not well for ever', (t) => {
  const changes = run([UP, LINE, LOSSY, UPSTREAM, LOSSY, LINE])
  t.same(changes.slice(0, 5), ['up/none', '', '', '', 'degraded/line'])
  t.end()
})

t.test('a good round after an outage is believed at once, but not from a link that flaps', (t) => {
  const flap = [LINE, LINE, UP]
  const changes = run([UP, ...flap, ...flap, ...flap], 1000)
  t.equal(changes[3], 'up/none')
  t.equal(changes.at(-1), '', 'the third time it must last')
  t.same(run([UP, ...flap, ...flap, LINE, LINE, UP, UP, UP], 1000).at(-1), 'up/none')
  t.equal(
    run([UP, ...flap, ...flap, ...flap], 200_000).at(-1),
    'up/none',
    'long ago does not count',
  )
  t.end()
})

t.test('a suspicion asks for an early next round', (t) => {
  const hysteresis = new LinkHysteresis()
  hysteresis.take(UP, 0)
  t.notOk(hysteresis.isPending)
  hysteresis.take(LINE, 1)
  t.ok(hysteresis.isPending)
  hysteresis.take(LINE, 2)
  t.notOk(hysteresis.isPending)
  t.end()
})
