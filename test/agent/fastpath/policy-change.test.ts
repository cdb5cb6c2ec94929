/** What the answering threads are told of a configuration. */
import { serialize } from 'node:v8'
import t from 'tap'
import { configChange } from '#agent/fastpath/policy-change.ts'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import { readyIdentity } from '#agent/policy/ready-identity.ts'
import { parseMac } from '#domain/mac-address.ts'

t.test('of 20,000 devices they get the endpoints alone, and nobody by name', (t) => {
  const base = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
  const devices = Array.from({ length: 20_000 }, (_, i) => ({
    mac: parseMac(`00005e${(0x10_0000 + i).toString(16)}`),
    name: `laptop ${i}`,
    user: `p.upil${i}`,
    group: 'ks3',
  }))
  const assign = [{ user: 'h.teacher', group: 'staff' }]
  const given = { endpoint: 'k3j4h5g6f7', user: 'd.river', group: 'staff' }
  const identity = readyIdentity({ devices: [...devices, given], assign }, '/')
  const change = configChange({ ...base, identity })
  if (change.kind !== 'config') throw new Error(change.kind)
  t.same(
    change.config.identity.devices.map(({ endpoint }) => endpoint),
    [given.endpoint],
  )
  const bytes = serialize(change)
  t.ok(
    bytes.length < serialize({ ...base, identity: undefined }).length + 2_000,
    `${bytes.length} bytes`,
  )
  for (const word of ['p.upil', 'laptop', 'd.river', 'h.teacher'])
    t.notOk(bytes.includes(word), word)
  t.end()
})
