import t from 'tap'
import { noLab } from '#test/support/capture-lab.ts'
import { tryWire } from './wire-support.ts'

t.setTimeout(115_000)

t.test('a flood, flaps and mutated packets, by tcpdump', { skip: noLab() }, (t) =>
  tryWire(t, 'tcpdump'),
)
