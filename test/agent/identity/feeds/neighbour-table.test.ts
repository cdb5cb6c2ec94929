import t, { type Test } from 'tap'
import {
  type NeighbourEntry,
  readArpLine,
  readNeighbourLine,
} from '#agent/identity/feeds/neighbours/neighbour-line.ts'
import {
  NEIGHBOUR_LIMITS,
  NeighbourTable,
} from '#agent/identity/feeds/neighbours/neighbour-table.ts'
import type { Sighting } from '#agent/identity/sighting.ts'
import { addressesIn } from './feed-support.ts'

const MAC = '02:00:5e:00:53:01'
const OTHER = '02:00:5e:00:53:02'
const ROUTER = '02:00:5e:00:53:ff'

interface Tried {
  readonly table: NeighbourTable
  readonly told: Sighting[]
  readonly many: string[]
  readonly at: (ms: number) => void
  /** Takes a line of `ip monitor neigh`. */
  readonly hear: (line: string) => void
  /** Takes lines of `ip neigh`, and forgets what it may. */
  readonly list: (...lines: string[]) => void
  readonly addresses: () => ReadonlyMap<string, string>
}

function tried(): Tried {
  const told: Sighting[] = []
  const many: string[] = []
  const table = new NeighbourTable((mac) => many.push(mac))
  let now = 1_000
  const take = (line: string, asOfMs: number): void => {
    const entry = readNeighbourLine(line)
    if (entry && entry !== 'skip') told.push(...table.take(entry, now, asOfMs))
  }
  return {
    table,
    told,
    many,
    at: (ms) => (now = 1_000 + ms),
    hear: (line) => take(line, Infinity),
    list: (...lines) => {
      const startedAtMs = now
      for (const line of lines) take(line, startedAtMs)
      table.sweep(now, startedAtMs)
    },
    addresses: () => addressesIn(told),
  }
}

function entryOf(t: Test, line: string): NeighbourEntry {
  const entry = readNeighbourLine(line)
  if (entry === undefined || entry === 'skip') throw new Error(`${t.name}: ${line} is ${entry}`)
  return entry
}

t.test('lines of ip are read', async (t) => {
  t.same(entryOf(t, `192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`), {
    address: '192.0.2.7',
    mac: MAC,
    state: 'reachable',
    isRouter: false,
    isDeleted: false,
  })
  t.match(entryOf(t, `fe80::1 dev br-lan lladdr ${MAC} router STALE`), {
    isRouter: true,
    state: 'stale',
  })
  t.match(entryOf(t, `Deleted 2001:db8:0::7 dev eth0 lladdr ${MAC} STALE `), {
    address: '2001:db8::7',
    isDeleted: true,
  })
  t.match(entryOf(t, `192.0.2.7 dev eth0 lladdr ${MAC} used 0/0/0 probes 1 DELAY`), {
    state: 'reachable',
  })
  t.match(entryOf(t, '192.0.2.7 dev eth0  FAILED'), { mac: undefined, state: 'failed' })
  t.match(entryOf(t, '192.0.2.7 dev eth0 INCOMPLETE'), { state: 'failed' })
  for (const line of [
    '',
    'miss 192.0.2.7 dev eth0',
    `224.0.0.251 dev eth0 lladdr ${MAC} NOARP`,
    `ff02::1 dev eth0 lladdr ${MAC} PERMANENT`,
    '192.0.2.9 dev eth0 proxy',
  ])
    t.equal(readNeighbourLine(line), 'skip', line)
  for (const line of [
    'nonsense',
    '192.0.2.7',
    `192.0.2.7 dev eth0 lladdr ${MAC}`,
    `192.0.2.7 via eth0 lladdr ${MAC} STALE`,
  ])
    t.equal(readNeighbourLine(line), undefined, line)
  t.match(entryOf(t, '192.0.2.7 dev eth0 lladdr 00:00:00:00:00:00 STALE'), { mac: undefined })
})

t.test('lines of /proc/net/arp are read', async (t) => {
  t.equal(
    readArpLine('IP address       HW type     Flags       HW address            Mask     Device'),
    'skip',
  )
  t.match(readArpLine(`192.0.2.7        0x1         0x2         ${MAC}     *        eth0`), {
    address: '192.0.2.7',
    mac: MAC,
    state: 'reachable',
  })
  t.match(
    readArpLine(`192.0.2.8        0x1         0x0         00:00:00:00:00:00     *        eth0`),
    {
      mac: undefined,
      state: 'failed',
    },
  )
  t.equal(readArpLine('192.0.2.8 0x1 broken'), undefined)
})

t.test('all addresses of a MAC are told as its own, and what fails is gone', async (t) => {
  const { hear, addresses, told, table } = tried()
  hear(`192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`)
  for (let i = 1; i <= 8; i++) hear(`2001:db8:1::${i} dev eth0 lladdr ${MAC} REACHABLE`)
  hear(`fe80::7 dev eth0 lladdr ${MAC} STALE`)
  t.equal(addresses().size, 10)
  t.ok([...addresses().values()].every((mac) => mac === MAC))
  hear('192.0.2.7 dev eth0 FAILED')
  hear('192.0.2.7 dev eth0 FAILED')
  t.equal(addresses().size, 9)
  t.equal(told.filter(({ kind }) => kind === 'address-gone').length, 1)
  hear('192.0.2.99 dev eth0 INCOMPLETE')
  t.equal(table.size, 9)
})

t.test('an address that goes to another MAC is taken from the first', async (t) => {
  const { hear, told, addresses, table } = tried()
  hear(`192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`)
  hear(`192.0.2.7 dev eth0 lladdr ${OTHER} STALE`)
  t.match(told.slice(1), [
    { kind: 'address-seen', mac: OTHER, address: '192.0.2.7', source: 'neighbour' },
    { kind: 'address-gone', mac: MAC, address: '192.0.2.7', source: 'neighbour' },
  ])
  t.equal(addresses().get('192.0.2.7'), OTHER)
  t.equal(table.counts.moved, 1)
})

t.test('what is stale holds for less, and repeating it makes it no fresher', async (t) => {
  const { hear, list, told, at } = tried()
  const stale = `192.0.2.7 dev eth0 lladdr ${MAC} STALE`
  const reachable = `192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`
  hear(reachable)
  t.match(told.at(-1), { lastsMs: NEIGHBOUR_LIMITS.reachableMs })
  at(60_000)
  hear(stale)
  t.match(told.at(-1), { lastsMs: NEIGHBOUR_LIMITS.staleMs })
  t.ok(NEIGHBOUR_LIMITS.staleMs < NEIGHBOUR_LIMITS.reachableMs)
  const { length } = told
  for (let minute = 2; minute < 60; minute++) {
    at(minute * 60_000)
    list(stale)
  }
  t.equal(told.length, length, 'an hour of being listed as stale is no news')
  hear(reachable)
  t.equal(told.length, length + 1, 'an answer is')
  for (let minute = 60; minute < 119; minute++) {
    at(minute * 60_000)
    list(reachable)
  }
  t.equal(told.length, length + 4, 'while it answers it is told again in time')
})

t.test('an entry that the kernel drops to make room stays for its time', async (t) => {
  const { hear, list, addresses, table, at } = tried()
  hear(`192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`)
  hear(`192.0.2.7 dev eth0 lladdr ${MAC} STALE`)
  hear(`Deleted 192.0.2.7 dev eth0 lladdr ${MAC} STALE`)
  t.equal(addresses().size, 1)
  at(NEIGHBOUR_LIMITS.staleMs - 1)
  list()
  t.equal(table.size, 1)
  at(NEIGHBOUR_LIMITS.staleMs + 1)
  list()
  t.equal(table.size, 0)
})

t.test('what was heard since a list was begun goes before what it says', async (t) => {
  const { table } = tried()
  const entry = entryOf(t, `192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`)
  table.take(
    { ...entry, mac: entryOf(t, `192.0.2.7 dev eth0 lladdr ${OTHER} STALE`).mac },
    500,
    Infinity,
  )
  t.same(table.take(entry, 510, 400), [])
  t.equal(table.take(entry, 520, 510).length, 2)
})

t.test('a MAC with the addresses of many is no device', async (t) => {
  const lines = {
    'in many networks': Array.from({ length: 5 }, (_, i) => `10.20.${i}.7`),
    'in one network, more than any device has': Array.from(
      { length: 17 },
      (_, i) => `10.20.0.${i + 1}`,
    ),
    'of IPv6, in many networks': Array.from({ length: 5 }, (_, i) => `2001:db8:${i}::7`),
    'of IPv6, more than privacy needs': Array.from({ length: 65 }, (_, i) => `2001:db8::${i + 1}`),
  }
  for (const [what, all] of Object.entries(lines))
    await t.test(what, async (t) => {
      const { hear, addresses, many, table, told } = tried()
      hear(`192.0.2.7 dev eth0 lladdr ${MAC} REACHABLE`)
      for (const one of all.slice(0, -1)) hear(`${one} dev eth0 lladdr ${ROUTER} REACHABLE`)
      t.equal(addresses().size, all.length, 'one device so far')
      t.same(many, [])
      hear(`${all.at(-1)} dev eth0 lladdr ${ROUTER} REACHABLE`)
      t.same([...addresses()], [['192.0.2.7', MAC]], 'all are taken back')
      t.same(many, [ROUTER])
      t.equal(table.many, 1)
      const { length } = told
      hear(`10.20.99.1 dev eth0 lladdr ${ROUTER} REACHABLE`)
      hear(`10.20.99.1 dev eth0 lladdr ${ROUTER} STALE`)
      hear('10.20.99.1 dev eth0 FAILED')
      t.equal(told.length, length, 'nothing more is told of it')
      hear(`10.20.0.1 dev eth0 lladdr ${OTHER} REACHABLE`)
      t.equal(addresses().get('10.20.0.1'), OTHER, 'but of others')
    })
})

t.test('of a router fewer addresses are enough', async (t) => {
  const { hear, addresses, many } = tried()
  hear(`fe80::ff dev eth0 lladdr ${ROUTER} router REACHABLE`)
  hear(`10.20.0.1 dev eth0 lladdr ${ROUTER} REACHABLE`)
  hear(`10.20.0.2 dev eth0 lladdr ${ROUTER} REACHABLE`)
  t.equal(addresses().size, 3)
  hear(`10.20.0.3 dev eth0 lladdr ${ROUTER} REACHABLE`)
  t.equal(addresses().size, 0)
  t.same(many, [ROUTER])
})

t.test('addresses whose time is over do not make a device many', async (t) => {
  const { hear, list, at, addresses, many } = tried()
  const kept: string[] = []
  for (let day = 0; day < 12; day++) {
    at(day * 86_400_000)
    // The provider gives the school another prefix every day, and the kernel drops nothing.
    const line = `2001:db8:${day}::7 dev eth0 lladdr ${MAC}`
    kept.push(`${line} STALE`)
    hear(`${line} REACHABLE`)
    list(...kept)
  }
  t.same(many, [])
  t.ok(addresses().has('2001:db8:11::7'))
})

t.test('the table is bounded', async (t) => {
  const { hear, table, at, list } = tried()
  for (let i = 0; i < NEIGHBOUR_LIMITS.entries + 500; i++) {
    const hex = i.toString(16).padStart(4, '0')
    hear(
      `10.${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255} dev eth0 lladdr 02:00:5e:00:${hex.slice(0, 2)}:${hex.slice(2)} STALE`,
    )
  }
  t.equal(table.size, NEIGHBOUR_LIMITS.entries)
  t.equal(table.counts.refused, 500)
  at(NEIGHBOUR_LIMITS.staleMs + 1)
  list()
  t.equal(table.size, 0, 'and empties by itself')
})
