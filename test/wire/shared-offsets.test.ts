import t from 'tap'
import { SharedOffsets } from '#wire/shared-offsets.ts'

t.test('answers of one shape share an array, others do not', async (t) => {
  const shared = new SharedOffsets()
  t.equal(shared.of([33, 49]), shared.of([33, 49]))
  t.same(shared.of([33, 49]), Uint16Array.of(33, 49))
  t.not(shared.of([33]), shared.of([33, 49]))
  t.same(shared.of([]), new Uint16Array())
})

t.test('only so many shapes are remembered, and the others are right all the same', async (t) => {
  const shared = new SharedOffsets()
  for (let i = 0; i < 5_000; i++) t.same(shared.of([i]), Uint16Array.of(i))
  t.equal(shared.size, 1_024)
})
