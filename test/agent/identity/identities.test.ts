/** What the answering threads are told of who asks, and what an event says of them. */
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { AssignmentRow } from '#agent/identity/assignment.ts'
import { Identities } from '#agent/identity/identities.ts'
import { EMPTY_CONFIG } from '#agent/policy/config.ts'
import { normalise } from '#agent/policy/normalise.ts'
import type { ReadyConfig } from '#agent/policy/ready-config.ts'
import { readyIdentity } from '#agent/policy/ready-identity.ts'
import type { IdentitySection } from '#agent/policy/sections/identity.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'

const MINUTE = 60_000
const A = '192.0.2.10'
const TABLET = mac('00:00:5e:00:53:01')

function mac(text: string): MacAddress {
  const found = parseMac(text)
  if (!found) throw new Error(text)
  return found
}

function config(section: IdentitySection): ReadyConfig {
  const base = normalise(EMPTY_CONFIG, { file: undefined, resolvConf: '', localAddresses: [] })
  return { ...base, identity: readyIdentity(section, '/') }
}

function setUp(t: Test, section: IdentitySection = {}) {
  const clock = makeFakeWallClock()
  const identities = new Identities({ config: config(section), clock })
  const told: (readonly AssignmentRow[])[] = []
  identities.assignTo((rows) => told.push(rows))
  t.teardown(() => identities.close())
  return { identities, told, clock, tell: identities.tell }
}

t.test('an endpoint that could be read as a MAC is an endpoint', async (t) => {
  const endpoint = '00005e005309'
  const { identities, told } = setUp(t, { devices: [{ endpoint, name: 'van', group: 'staff' }] })
  await sleep(100)
  t.same(told, [[[endpoint, { group: 'staff', mac: undefined }]]])
  const key = `${endpoint}@${A}`
  t.match(identities.describe(key), { address: A, device: 'van', source: 'endpoint' })
  identities.noteAsked([{ key, sender: A, queries: 1 }])
  t.equal(identities.status().devices, 0, 'no device is made up')
  identities.use(config({}))
  await sleep(100)
  t.same(told.slice(1), [[[endpoint, undefined]]])
})

t.test('20,000 owners are told in slices, and queries come in between', async (t) => {
  const { told, tell } = setUp(t)
  for (let i = 0; i < 20_000; i++) {
    const of = mac(`00005e${(0x10_0000 + i).toString(16)}`)
    tell({ kind: 'owner-known', source: 'owners', mac: of, group: 'staff' })
  }
  let turns = 0
  for (const from = Date.now(); told.flat().length < 20_000 && Date.now() - from < 20_000; turns++)
    await new Promise(setImmediate)
  t.equal(told.flat().length, 20_000, 'all of them')
  t.ok(
    told.every((rows) => rows.length <= 1_000),
    'a thousand at once',
  )
  t.ok(turns > told.length, `${turns} turns of the event loop`)
})

t.test('of whom no group is known no thread is told', async (t) => {
  const { told, tell } = setUp(t)
  tell({
    kind: 'address-seen',
    source: 'neighbour',
    mac: TABLET,
    address: A,
    lastsMs: 10 * MINUTE,
  })
  await sleep(100)
  t.same(told, [])
})

t.test('an event has no name of a device that is a guess', (t) => {
  const { identities, tell } = setUp(t)
  const of = { kind: 'address', address: A } as const
  tell({ kind: 'name-seen', source: 'mdns', of, name: 'Ada', lastsMs: MINUTE })
  t.equal(identities.describe(A).device, undefined)
  tell({ kind: 'name-seen', source: 'lease', of, name: 'ipad-7', lastsMs: MINUTE })
  t.equal(identities.describe(A).device, 'ipad-7')
  t.end()
})

t.test('an address that has not asked for a day counts no more', (t) => {
  const { identities, clock } = setUp(t)
  const told = config({})
  const asking = (): number =>
    identities.networks(told, undefined).reduce((sum, { addresses }) => sum + addresses.none, 0)
  identities.noteAsked([{ key: A, sender: A, queries: 1 }])
  clock.advance(24 * 60 * MINUTE)
  t.equal(asking(), 1, 'to the last moment')
  clock.advance(1)
  t.equal(asking(), 0)
  t.end()
})
