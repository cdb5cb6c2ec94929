import t from 'tap'
import { graverOf, isGraver, lowered, SEVERITIES, SEVERITY_CLOCKS } from '#safeguarding/severity.ts'

t.test('the graver a severity, the sooner it must be seen', (t) => {
  const times = SEVERITIES.map((severity) => SEVERITY_CLOCKS[severity].ackWithinMs)
  t.same(
    times,
    times.toSorted((a, b) => a - b),
  )
  t.equal(SEVERITY_CLOCKS.critical.ackWithinMs, 15 * 60_000)
  t.equal(SEVERITY_CLOCKS.urgent.ackWithinMs, 60 * 60_000)
  t.equal(SEVERITY_CLOCKS.medium.ackWithinMs, 2 * 86_400_000)
  t.end()
})

t.test('severities compare and go down one step, never away', (t) => {
  t.ok(isGraver('critical', 'urgent'))
  t.notOk(isGraver('low', 'low'))
  t.equal(graverOf('low', 'high'), 'high')
  t.equal(graverOf(undefined, 'low'), 'low')
  t.equal(graverOf('high', undefined), 'high')
  t.equal(graverOf(undefined, undefined), undefined)
  t.equal(lowered('critical'), 'urgent')
  t.equal(lowered('low'), 'low')
  t.end()
})
