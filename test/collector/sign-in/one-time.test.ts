import t from 'tap'
import { makeOneTime } from '#collector/sign-in/one-time.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'

t.test('what waits is taken once, and in time', (t) => {
  const clock = makeFakeWallClock()
  const waiting = makeOneTime<string>(clock, { lifeMs: 1000, perAddressMax: 2, max: 3 })
  const token = waiting.put('192.0.2.1', 'a')
  t.match(token, /^[\w-]{43}$/)
  t.equal(waiting.take(`${token.slice(1)}A`), undefined)
  t.equal(waiting.take(token), 'a')
  t.equal(waiting.take(token), undefined, 'not twice')
  const [late, last] = [waiting.put('192.0.2.1', 'b'), waiting.put('192.0.2.1', 'c')]
  clock.advance(999)
  t.equal(waiting.take(last), 'c')
  clock.advance(1)
  t.equal(waiting.take(late), undefined)
  t.end()
})

t.test('a crowd pushes out its own, and then the oldest of all', (t) => {
  const clock = makeFakeWallClock()
  const waiting = makeOneTime<string>(clock, { lifeMs: 1000, perAddressMax: 2, max: 3 })
  const kept = waiting.put('192.0.2.1', 'kept')
  const flood = ['1', '2', '3', '4'].map((one) => waiting.put('192.0.2.2', one))
  t.same(flood.map(waiting.take), [undefined, undefined, '3', '4'], 'two of one address')
  t.equal(waiting.take(kept), 'kept', 'and none of another')
  const many = ['1', '2', '3', '4'].map((one) => waiting.put(`192.0.2.${one}`, one))
  t.same(many.map(waiting.take), [undefined, '2', '3', '4'], 'three of all')
  t.end()
})
