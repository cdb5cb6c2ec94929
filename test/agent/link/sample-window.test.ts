import t from 'tap'
import { SampleWindow } from '#agent/link/sample-window.ts'

t.test('windows end where the clock says, not where they began', (t) => {
  const window = new SampleWindow(300, 1000)
  t.equal(window.boundary(1199), undefined)
  t.equal(window.boundary(1207), 1200)
  t.equal(window.take(1200), 1000)
  t.equal(window.boundary(1499), undefined)
  t.equal(window.boundary(1500), 1500)
  t.end()
})

t.test('a clock that jumps ends the window now, and never before it began', (t) => {
  const window = new SampleWindow(300, 1000)
  t.equal(window.boundary(90_000), 90_000)
  t.equal(window.take(90_000), 1000)
  t.equal(window.boundary(500), 500)
  t.equal(window.take(500), 500)
  t.end()
})
