/** Clients and what is assigned to them, as it changes. */
import t from 'tap'
import type { Assignment } from '#agent/identity/assignment.ts'
import { ClientTable } from '#agent/identity/client-table.ts'
import { Query } from '#agent/query.ts'
import { parseCidr } from '#domain/ip-address.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { compileView } from '#rules/policy-view.ts'
import { optionOf, optOf, queryOf, u16 } from '#test/rfc/raw-message.ts'
import { makePolicy, makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const FORWARDER = '192.0.2.10'
const BEHIND = '192.0.2.30'
const MAC = '00:00:5e:00:53:01'
const rules = makeRules([['a.test', 'adult.porn']])
const views = new Map(
  ['ks3', 'staff'].map((group) => [group, compileView(rules, makePolicy(group))]),
)

function setUp() {
  const [network, from] = [parseCidr('192.0.2.0/24'), parseCidr(`${FORWARDER}/32`)]
  if (!network || !from) throw new Error('no network')
  const assigned = new Map<string, Assignment>()
  const table = new ClientTable({
    networks: [{ network, group: 'ks3' }],
    views,
    strictestGroup: 'ks3',
    assigned,
    forwarders: [{ from, trust: ['client-subnet', 'mac'] }],
  })
  const assign = (key: string, group: string, of?: MacAddress): void => {
    assigned.set(key, { group, mac: of })
    table.reassign(new Set([key]))
  }
  return { table, assign }
}

/** A question of the forwarder for a device, by its address and its MAC. */
function behind(): Query {
  const subnet = Buffer.concat([u16(1), Buffer.of(32, 0, 192, 0, 2, 30)])
  const options = [
    optionOf(8, subnet),
    optionOf(65_001, Buffer.from(MAC.replaceAll(':', ''), 'hex')),
  ]
  const message = queryOf({ name: wireName('a.test'), opt: optOf({ options }) })
  const query = new Query()
  query.begin('udp', FORWARDER)
  query.view.parse(message, 0, message.length)
  return query
}

t.test('what is assigned counts with the next query, by address', (t) => {
  const { table, assign } = setUp()
  t.equal(table.find(BEHIND)?.group, 'ks3')
  assign(BEHIND, 'staff')
  t.match(table.find(BEHIND), { group: 'staff', source: 'identity' })
  t.end()
})

for (const key of [BEHIND, MAC])
  t.test(`and of a device behind a forwarder, by ${key}`, (t) => {
    const { table, assign } = setUp()
    t.match(table.of(behind()), { group: 'ks3', address: BEHIND, key: `${MAC}@${BEHIND}` })
    assign(key, 'staff')
    t.match(table.of(behind()), { group: 'staff', source: 'identity' })
    t.equal(table.find(FORWARDER)?.group, 'ks3', 'the forwarder is not its devices')
    t.end()
  })

t.test(
  'what an address had by the device before is not for the one that a forwarder names',
  (t) => {
    const { table, assign } = setUp()
    assign(BEHIND, 'staff', parseMac('00:00:5e:00:53:02'))
    t.equal(table.of(behind())?.group, 'ks3', 'the address was that of another')
    assign(BEHIND, 'staff', parseMac(MAC))
    t.equal(table.of(behind())?.group, 'staff', 'its own')
    t.end()
  },
)
