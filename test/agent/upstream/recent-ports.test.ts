import t from 'tap'
import { RecentPorts } from '#agent/upstream/recent-ports.ts'

const MINUTE_MS = 60_000

t.test('a port that was taken rests for more than a minute', (t) => {
  const ports = new RecentPorts()
  t.ok(ports.take(40_000, 0))
  t.notOk(ports.take(40_000, 0))
  t.ok(ports.take(40_001, MINUTE_MS))
  t.notOk(ports.take(40_000, MINUTE_MS))
  t.ok(ports.take(40_000, 2 * MINUTE_MS))
  t.notOk(ports.take(40_000, 2 * MINUTE_MS), 'and rests again')
  t.end()
})

t.test('no more than a part of the range rests, whatever is asked', (t) => {
  const ports = new RecentPorts()
  for (let port = 1; port < 65_536; port++) if (!ports.take(port, port / 1_000)) t.fail(`${port}`)
  t.notOk(ports.take(65_535, 100), 'the newest do')
  t.notOk(ports.take(65_536 - 16_000, 100))
  t.ok(ports.take(1, 100), 'the oldest give way')
  t.end()
})
