/** Who is behind an address, as the sources tell it: joining, conflicts, expiry. */
import t from 'tap'
import { IdentityTable } from '#agent/identity/identity-table.ts'
import type { Sighting } from '#agent/identity/sighting.ts'
import { type ReadyIdentity, readyIdentity } from '#agent/policy/ready-identity.ts'
import type { IdentitySection } from '#agent/policy/sections/identity.ts'
import { type MacAddress, parseMac } from '#domain/mac-address.ts'
import { collectedHeapBytes } from '#test/support/collected-heap.ts'
import { makeFakeWallClock } from '#test/support/fake-wall-clock.ts'
import { ADDRESSES_EACH, tellFullDevices } from '#test/support/full-devices.ts'

const MINUTE = 60_000
const A = '192.0.2.10'
const B = '192.0.2.11'
const V6 = '2001:db8::10'

function mac(text: string): MacAddress {
  const found = parseMac(text)
  if (!found) throw new Error(text)
  return found
}
const TABLET = mac('00:00:5e:00:53:01')
const LAPTOP = mac('00:00:5e:00:53:02')
const RANDOM = mac('02:00:5e:00:53:03')

function config(section: IdentitySection = {}): ReadyIdentity {
  return readyIdentity(section, '/')
}

function setUp(section: IdentitySection = {}) {
  const clock = makeFakeWallClock()
  const changed: string[] = []
  const table: IdentityTable = new IdentityTable(config(section), clock, {
    onKeys: (keys) => changed.push(...keys),
    onUsers: (users) => changed.push(...table.keysOfUsers(new Set(users))),
  })
  const later = (ms: number): void => {
    clock.advance(ms)
    table.followClock()
  }
  return { table, clock, changed, later, tell: table.tell }
}

function seen(address: string, of: MacAddress, source: Sighting['source'] = 'neighbour'): Sighting {
  return { kind: 'address-seen', source, mac: of, address, lastsMs: 10 * MINUTE }
}

function logon(given: Partial<Extract<Sighting, { kind: 'logged-on' }>> = {}): Sighting {
  return {
    kind: 'logged-on',
    source: 'radius',
    user: 'p.upil',
    session: 's1',
    addresses: [],
    lastsMs: 60 * MINUTE,
    ...given,
  }
}

t.test('what a device says of itself in DHCP goes with it until it says otherwise', (t) => {
  const { table, tell } = setUp()
  const say = (vendorClass: string) =>
    tell({ kind: 'dhcp-seen', source: 'capture', mac: TABLET, said: { vendorClass } })
  say('MSFT 5.0')
  t.strictSame(table.ofAddress(A).dhcp, undefined, 'nobody has that address')
  tell(seen(A, TABLET))
  t.strictSame(table.ofAddress(A).dhcp, { vendorClass: 'MSFT 5.0' }, 'said before it had one')
  say('other')
  tell(seen(A, TABLET))
  t.strictSame(table.ofAddress(A).dhcp, { vendorClass: 'other' })
  tell(seen(B, LAPTOP))
  t.strictSame(table.ofAddress(B).dhcp, undefined)
  t.end()
})

t.test('an address that nobody tells of is nobody', (t) => {
  const { table } = setUp()
  t.match(table.ofAddress(A), {
    device: undefined,
    user: undefined,
    group: undefined,
    confidence: 0,
  })
  t.end()
})

t.test('all addresses of one device are that device, and its session counts on each', (t) => {
  const { table, tell } = setUp()
  tell(seen(A, TABLET))
  tell(seen(V6, TABLET))
  tell(logon({ mac: TABLET, addresses: [A] }))
  t.match(table.ofAddress(A).user, { value: 'p.upil', confidence: 95, source: 'radius' })
  t.match(table.ofAddress(V6).user, { value: 'p.upil', confidence: 90 })
  t.same(new Set(table.addressesOf(TABLET)), new Set([A, V6]))
  t.end()
})

t.test('a session that comes before its address is joined when the lease comes', (t) => {
  const { table, tell, changed } = setUp()
  tell(logon({ mac: TABLET }))
  t.equal(table.ofAddress(A).user, undefined)
  changed.length = 0
  tell(seen(A, TABLET, 'lease'))
  t.match(changed, [A])
  t.match(table.ofAddress(A).user, { value: 'p.upil', confidence: 90 })
  t.end()
})

t.test('a session ends by its word, and by its time', (t) => {
  const { table, tell, later } = setUp()
  tell(seen(A, TABLET))
  tell(logon({ mac: TABLET, lastsMs: 5 * MINUTE }))
  tell({ kind: 'logged-off', source: 'radius', session: 's1' })
  t.equal(table.ofAddress(A).user, undefined)
  tell(logon({ mac: TABLET, lastsMs: 5 * MINUTE }))
  later(5 * MINUTE - 1)
  t.ok(table.ofAddress(A).user)
  later(1)
  t.equal(table.ofAddress(A).user, undefined)
  t.ok(table.ofAddress(A).device, 'the device is still there')
  t.end()
})

t.test('an update keeps a session going and brings its address', (t) => {
  const { table, tell, later } = setUp()
  tell(logon({ mac: TABLET, lastsMs: 5 * MINUTE }))
  later(4 * MINUTE)
  tell(logon({ mac: TABLET, addresses: [A], lastsMs: 5 * MINUTE }))
  later(4 * MINUTE)
  t.match(table.ofAddress(A).user, { value: 'p.upil', confidence: 95 })
  t.end()
})

t.test('of two people at one device the last to log on counts, and less', (t) => {
  const { table, tell } = setUp()
  tell(seen(A, TABLET))
  tell(logon({ mac: TABLET }))
  tell(logon({ mac: TABLET, user: 't.eacher', session: 's2' }))
  t.match(table.ofAddress(A).user, { value: 't.eacher', confidence: 75 })
  tell({ kind: 'logged-off', source: 'radius', session: 's2' })
  t.match(table.ofAddress(A).user, { value: 'p.upil', confidence: 90 })
  t.end()
})

t.test('who was logged on at an address is not who has it afterwards', (t) => {
  const { table, tell, later } = setUp()
  tell(seen(A, TABLET))
  tell(logon({ addresses: [A] }))
  t.match(table.ofAddress(A).user, { value: 'p.upil', confidence: 80 })
  later(MINUTE)
  tell(seen(A, LAPTOP))
  t.equal(table.ofAddress(A).user, undefined, 'the address has gone to another device')
  tell(logon({ addresses: [A] }))
  t.ok(table.ofAddress(A).user, 'a word that came since counts')
  t.end()
})

t.test('nor though it was free in between, or told by another source', (t) => {
  for (const source of ['neighbour', 'lease'] as const) {
    const { table, tell, later } = setUp()
    tell(logon({ addresses: [A] }))
    tell(seen(A, TABLET, source))
    t.match(table.ofAddress(A).user, { value: 'p.upil' }, 'the first device that comes is theirs')
    later(11 * MINUTE)
    t.match(table.ofAddress(A), { mac: undefined, user: { value: 'p.upil' } })
    tell(seen(A, LAPTOP))
    t.equal(table.ofAddress(A).user, undefined, source)
    tell({ kind: 'address-gone', source: 'neighbour', mac: LAPTOP, address: A })
    tell(seen(A, TABLET))
    t.match(table.ofAddress(A).user, { value: 'p.upil' }, 'back at the device')
  }
  t.end()
})

t.test('nor when a logon at an address that was leased to another outlives the lease', (t) => {
  const { table, tell } = setUp()
  tell(seen(A, TABLET, 'lease'))
  tell(logon({ addresses: [A] }))
  tell(seen(A, LAPTOP))
  tell({ kind: 'address-gone', source: 'lease', mac: TABLET, address: A })
  t.match(table.ofAddress(A), { mac: LAPTOP, isDisputed: false, user: undefined })
  t.end()
})

t.test('the name of an address is not that of the device that comes after', (t) => {
  const { table, tell } = setUp()
  const of = { kind: 'address', address: A } as const
  tell(seen(A, TABLET))
  tell({ kind: 'name-seen', source: 'reverse-dns', of, name: 'ada.test', lastsMs: 60 * MINUTE })
  t.match(table.ofAddress(A).name, { value: 'ada.test' })
  tell(seen(A, LAPTOP))
  t.equal(table.ofAddress(A).name, undefined)
  t.end()
})

t.test(
  'an address that a session has left belongs to the session that was told of it last',
  (t) => {
    const { table, tell, later } = setUp()
    tell(logon({ mac: TABLET, addresses: [A] }))
    tell(logon({ mac: LAPTOP, addresses: [A], user: 't.eacher', session: 's2' }))
    later(MINUTE)
    tell(logon({ mac: TABLET }))
    t.match(table.ofAddress(A), { mac: LAPTOP, user: { value: 't.eacher' } })
    t.end()
  },
)

t.test('a session of another device than the one that is there does not count', (t) => {
  const { table, tell } = setUp()
  tell(logon({ mac: TABLET, addresses: [A] }))
  tell(seen(A, LAPTOP))
  t.match(table.ofAddress(A), { user: undefined, mac: LAPTOP })
  t.end()
})

t.test('a device moves: the newest that was seen counts', (t) => {
  const { table, tell, later } = setUp()
  tell(seen(A, TABLET))
  later(2 * MINUTE)
  tell(seen(A, LAPTOP))
  t.match(table.ofAddress(A), { mac: LAPTOP, isDisputed: false })
  t.same(table.addressesOf(TABLET), [])
  t.end()
})

t.test(
  'two devices that fight over an address open nothing, until one has been alone for a minute',
  (t) => {
    const { table, tell, later } = setUp({
      devices: [{ mac: TABLET, name: 'desk', group: 'staff' }],
    })
    tell(seen(A, TABLET))
    t.match(table.ofAddress(A).group, { group: 'staff' })
    tell(seen(A, LAPTOP))
    later(1_000)
    tell(seen(A, TABLET))
    t.match(table.ofAddress(A), { mac: TABLET, isDisputed: true, group: undefined, confidence: 30 })
    t.match(table.ofAddress(A).name, { value: 'desk', confidence: 30 }, 'nor is its name sure')
    later(59_000)
    t.equal(table.ofAddress(A).isDisputed, true)
    later(1_000)
    t.match(table.ofAddress(A), { isDisputed: false, group: { group: 'staff' } })
    t.end()
  },
)

t.test('somebody who takes an address that was leased to another gains nothing', (t) => {
  const { table, tell } = setUp({ devices: [{ mac: LAPTOP, group: 'staff' }] })
  tell(seen(A, TABLET, 'lease'))
  tell(seen(A, LAPTOP))
  t.match(table.ofAddress(A), { mac: LAPTOP, isDisputed: true, group: undefined })
  tell({ kind: 'address-gone', source: 'lease', mac: TABLET, address: A })
  t.match(table.ofAddress(A), { isDisputed: false, group: { group: 'staff' } })
  t.end()
})

t.test('the most specific decides about the group: user, directory, device', (t) => {
  const { table, tell } = setUp({
    devices: [{ mac: TABLET, group: 'ks4' }],
    assign: [
      { user: 'T.Eacher', group: 'staff' },
      { 'member-of': 'CN=Year 12', group: 'ks5' },
      { 'member-of': 'CN=Year 7', group: 'ks3' },
    ],
  })
  tell(seen(A, TABLET))
  t.match(table.ofAddress(A).group, { group: 'ks4', source: 'configured' })
  tell(logon({ mac: TABLET }))
  t.match(table.ofAddress(A).group, { group: 'ks4' }, 'a user of whom nothing is said')
  const lastsMs = MINUTE
  tell({
    kind: 'user-known',
    source: 'radius',
    user: 'P.Upil',
    memberOf: ['cn=year 7', 'cn=year 12'],
    lastsMs,
  })
  t.match(table.ofAddress(A).group, { group: 'ks5' }, 'the first of the configuration')
  tell(logon({ mac: TABLET, user: 't.eacher', session: 's2' }))
  t.match(table.ofAddress(A).group, { group: 'staff', source: 'radius', confidence: 75 })
  t.end()
})

t.test('a random MAC is marked, and its owner is not believed', (t) => {
  const { table, tell } = setUp()
  tell(seen(A, RANDOM))
  tell({ kind: 'owner-known', source: 'owners', mac: RANDOM, user: 'h.ead', group: 'staff' })
  t.match(table.ofAddress(A), {
    isRandomMac: true,
    device: { confidence: 50 },
    user: { value: 'h.ead', confidence: 50 },
    group: undefined,
  })
  tell(logon({ mac: RANDOM }))
  t.match(table.ofAddress(A).user, { confidence: 90 }, 'but who logs on is')
  t.end()
})

t.test('an import leaves a device out, or all', (t) => {
  const { table, tell, changed } = setUp()
  tell(seen(A, TABLET))
  tell({ kind: 'owner-known', source: 'owners', mac: TABLET, user: 'h.ead', group: 'staff' })
  t.match(table.ofAddress(A), {
    user: { value: 'h.ead', confidence: 75 },
    group: { group: 'staff' },
  })
  for (const end of [
    { kind: 'owner-gone', source: 'owners', mac: TABLET },
    { kind: 'forgotten', source: 'owners' },
  ] as const) {
    tell({ kind: 'owner-known', source: 'owners', mac: TABLET, user: 'h.ead', group: 'staff' })
    changed.length = 0
    tell(end)
    t.same(changed, [TABLET])
    t.match(table.ofAddress(A), { user: undefined, group: undefined, mac: TABLET })
  }
  t.end()
})

t.test(
  'what the configuration says of a device counts at its address too, unless another is there',
  (t) => {
    const { table, tell } = setUp({
      devices: [{ mac: TABLET, address: A, name: 'desk', group: 'staff' }],
    })
    t.match(table.ofAddress(A), { name: { value: 'desk' }, group: { group: 'staff' } })
    tell(seen(A, LAPTOP))
    t.match(table.ofAddress(A), { name: undefined, group: undefined, mac: LAPTOP })
    t.end()
  },
)

t.test('the name of the surest source counts, and expires', (t) => {
  const { table, tell, later } = setUp()
  tell(seen(A, TABLET))
  const of = { kind: 'mac', mac: TABLET } as const
  tell({ kind: 'name-seen', source: 'mdns', of, name: 'Ada', lastsMs: 3 * MINUTE })
  tell({ kind: 'name-seen', source: 'lease', of, name: 'ipad-7', lastsMs: MINUTE })
  t.match(table.ofAddress(A).name, { value: 'ipad-7', source: 'lease' })
  later(MINUTE)
  t.match(table.ofAddress(A).name, { value: 'Ada', source: 'mdns' })
  later(2 * MINUTE)
  t.equal(table.ofAddress(A).name, undefined)
  t.end()
})

t.test('an endpoint that only one device was given says who asks', (t) => {
  const { table } = setUp({
    devices: [{ endpoint: 'k3j4h5g6', name: 'van', user: 'd.river', group: 'staff' }],
  })
  t.match(table.ofEndpoint('k3j4h5g6'), {
    user: { value: 'd.river', confidence: 90 },
    group: { group: 'staff' },
  })
  t.equal(table.ofEndpoint('k3j4h5g7').confidence, 0)
  t.end()
})

t.test('a new configuration is in force at once, and says whom it concerns', (t) => {
  const { table, tell, changed } = setUp({ devices: [{ address: B, group: 'ks4' }] })
  tell(seen(A, TABLET))
  tell(logon({ mac: TABLET, addresses: [A] }))
  changed.length = 0
  table.use(config({ assign: [{ user: 'p.upil', group: 'ks5' }] }))
  t.match(table.ofAddress(A).group, { group: 'ks5' })
  t.equal(table.ofAddress(B).group, undefined)
  t.ok([A, B, TABLET].every((key) => changed.includes(key)))
  t.end()
})

t.test('a new configuration concerns the owners whose user it may give a group', (t) => {
  const { table, tell, changed } = setUp()
  tell({ kind: 'owner-known', source: 'owners', mac: TABLET, user: 'h.ead' })
  changed.length = 0
  table.use(config({ assign: [{ user: 'h.ead', group: 'staff' }] }))
  t.same(changed, [TABLET])
  t.end()
})

t.test('text is cut and cleaned, whatever a source tells', (t) => {
  const { table, tell } = setUp()
  tell(logon({ addresses: [A], user: `x\n\u0000\u202E${'y'.repeat(5_000)}` }))
  const { value = '' } = table.ofAddress(A).user ?? {}
  t.match(value, /^xy+$/)
  t.ok(value.length <= 128)
  t.end()
})

/** What it is to be; all that can be known of a device takes more (see docs/benchmarks.md), and no more than it does now. */
const PLAIN_BYTES_MAX = 8_000_000
const FULL_BYTES_MAX = 24_000_000

t.test('10,000 devices, each with an address and somebody logged on, take at most 8 MB', (t) => {
  const { table, tell, changed } = setUp()
  const before = collectedHeapBytes()
  for (let i = 0; i < 10_000; i++) {
    const of = mac(`00005e${(0x10_0000 + i).toString(16)}`)
    const v4 = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
    tell(seen(v4, of))
    tell(logon({ mac: of, addresses: [v4], user: `user${i}`, session: `s${i}` }))
    changed.length = 0
  }
  const bytes = collectedHeapBytes() - before
  t.match(table.readings(), { devices: 10_000, addresses: 10_000, sessions: 10_000, crowdedOut: 0 })
  t.ok(bytes <= PLAIN_BYTES_MAX, `${bytes} bytes`)
  t.end()
})

t.test(
  '10,000 devices, each with four addresses, a lease, a name, a group and somebody logged on, take at most 24 MB',
  (t) => {
    const table = new IdentityTable(config(), makeFakeWallClock(), {
      onKeys: () => undefined,
      onUsers: () => undefined,
    })
    const before = collectedHeapBytes()
    tellFullDevices(table.tell, 10_000)
    const bytes = collectedHeapBytes() - before
    t.match(table.readings(), {
      devices: 10_000,
      addresses: 10_000 * ADDRESSES_EACH,
      sessions: 10_000,
      owners: 10_000,
      crowdedOut: 0,
    })
    t.match(table.ofAddress('10.1.39.15'), {
      mac: '00:00:5e:10:27:0f',
      name: { value: 'laptop-9999' },
      user: { value: 'user-9999' },
      group: { group: 'ks3' },
      isDisputed: false,
    })
    t.equal(table.addressesOf(mac('00005e10270f')).length, ADDRESSES_EACH)
    t.ok(bytes <= FULL_BYTES_MAX, `${bytes} bytes`)
    t.end()
  },
)

t.test('more devices than there is room for: the one not seen for longest makes room', (t) => {
  const { table, tell, clock } = setUp()
  for (let i = 0; i < 10_050; i++) {
    clock.advance(1)
    tell(
      seen(
        `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`,
        mac(`00005e${(0x10_0000 + i).toString(16)}`),
      ),
    )
  }
  t.match(table.readings(), { devices: 10_000, crowdedOut: 50 })
  t.end()
})

t.test('what made room is told, so that no thread goes on by it, and counted', (t) => {
  const { table, tell, changed } = setUp()
  for (let i = 0; i < 40_000; i++) {
    const of = mac(`00005e${(0x10_0000 + (i % 10_000)).toString(16)}`)
    tell(seen(`10.1.${i >> 8}.${i & 255}`, of, 'lease'))
  }
  t.equal(table.readings().crowdedOut, 0)
  changed.length = 0
  tell(seen(A, mac('00005e100000'), 'lease'))
  t.same(changed, [A, '10.1.0.0'])
  t.equal(table.readings().crowdedOut, 1)
  t.end()
})

t.test('a name of an address does not go to the next device there', (t) => {
  const { table, tell, later } = setUp()
  const of = { kind: 'address', address: A } as const
  const name = { kind: 'name-seen', source: 'reverse-dns', of, lastsMs: 60 * MINUTE } as const
  tell(seen(A, TABLET))
  tell({ ...name, name: 'tablet.school.test' })
  t.match(table.ofAddress(A).name, { value: 'tablet.school.test' })
  later(2_000)
  tell(seen(A, LAPTOP))
  t.equal(table.ofAddress(A).name, undefined)
  tell({ ...name, name: 'laptop.school.test' })
  t.match(table.ofAddress(A).name, { value: 'laptop.school.test' })
  t.end()
})

t.test('what the directory says of many costs little in a large school', (t) => {
  const told = new Set<string>()
  const table: IdentityTable = new IdentityTable(config({}), makeFakeWallClock(), {
    onKeys: () => undefined,
    onUsers: (users) => users.forEach((one) => told.add(one)),
  })
  const macAt = (i: number): MacAddress => mac(`00005e${i.toString(16).padStart(6, '0')}`)
  const people = 5_000
  const own = (i: number, user: string): void =>
    table.tell({ kind: 'owner-known', source: 'owners', mac: macAt(i), user })
  for (let i = 0; i < people; i++) {
    table.tell(logon({ user: `User-${i}`, session: `s${i}`, mac: macAt(i) }))
    own(people + i, `user-${i}`)
  }
  const say = (i: number): void =>
    table.tell({
      kind: 'user-known',
      source: 'directory',
      user: `User-${i}`,
      memberOf: [],
      lastsMs: MINUTE,
    })
  const before = process.cpuUsage()
  for (let i = 0; i < 2_000; i++) say(i)
  const keys = table.keysOfUsers(told)
  const { user, system } = process.cpuUsage(before)
  t.ok((user + system) / 1000 < 500, `${((user + system) / 1000).toFixed()} ms for 2,000`)
  t.equal(new Set(keys).size, 4_000, 'where each is logged on, and what is theirs')
  own(people, 'user-1')
  table.tell({ kind: 'logged-off', source: 'radius', session: 's0' })
  t.same(table.keysOfUsers(new Set(['user-0'])), [], 'nothing is theirs any more')
  t.same(
    new Set(table.keysOfUsers(new Set(['user-1']))),
    new Set([macAt(1), macAt(people), macAt(people + 1)]),
  )
  t.end()
})
