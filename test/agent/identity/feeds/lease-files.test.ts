import { appendFileSync, mkdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { LEASE_LIMITS } from '#agent/identity/feeds/leases/lease-limits.ts'
import { type LeaseFeed, startLeases } from '#agent/identity/feeds/leases/start-leases.ts'
import type { LeaseFormat } from '#agent/policy/sections/identity.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type FeedRecord, recordFeed, within } from './feed-support.ts'

/** What a change may take to be told. */
const TOLD_MS = 1_000
const KEA4 =
  'address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n'
const inAnHour = (): number => Math.floor(Date.now() / 1000) + 3_600

function macOf(i: number): string {
  const hex = i.toString(16).padStart(4, '0')
  return `02:00:5e:00:${hex.slice(0, 2)}:${hex.slice(2)}`
}

function addressOf(i: number): string {
  return `10.${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`
}

function dnsmasqLine(i: number, expiry = inAnHour(), name = `pc-${i}`): string {
  return `${expiry} ${macOf(i)} ${addressOf(i)} ${name} *\n`
}

function keaLine(
  i: number,
  given: { lifetime?: number; state?: number; mac?: number } = {},
): string {
  const { lifetime = 3_600, state = 0, mac = i } = given
  const expire = Math.floor(Date.now() / 1000) + lifetime
  return `${addressOf(i)},${macOf(mac)},,${lifetime},${expire},1,0,0,pc-${i},${state},\n`
}

function iscBlock(i: number, state = 'active'): string {
  return `lease ${addressOf(i)} {\n  ends epoch ${inAnHour()};\n  binding state ${state};\n  hardware ethernet ${macOf(i)};\n  client-hostname "pc-${i}";\n}\n`
}

interface Followed extends FeedRecord {
  readonly path: string
  readonly feed: LeaseFeed
  readonly whole: () => Promise<void>
}

/** Follows a file that holds `text`, until the test is over. */
async function follow(
  t: Test,
  format: LeaseFormat,
  text: string | undefined,
  clock: Clock = systemClock,
): Promise<Followed> {
  const path = join(t.testdir(), 'leases')
  if (text !== undefined) writeFileSync(path, text)
  const record = recordFeed(clock)
  const feed = startLeases({ leases: [{ path, format }] }, record.parts)
  t.teardown(() => feed.close())
  const whole = async (): Promise<void> => {
    const { wholeReads } = feed.readings()
    await within(TOLD_MS, 'another reading', () => feed.readings().wholeReads > wholeReads)
    await sleep(20)
  }
  if (text !== undefined)
    await within(TOLD_MS, 'the first reading', () => feed.readings().wholeReads > 0)
  return { ...record, path, feed, whole }
}

t.test('dnsmasq: what is new, renewed and gone is told within a second', async (t) => {
  const { path, addresses, names, told, feed } = await follow(t, 'dnsmasq', dnsmasqLine(1))
  await within(TOLD_MS, 'the first lease', () => addresses().size === 1)
  t.equal(names().get(macOf(1)), 'pc-1')
  t.match(told[0], { kind: 'address-seen', source: 'lease', address: addressOf(1) })

  writeFileSync(path, dnsmasqLine(1, inAnHour() + 1_800) + dnsmasqLine(2))
  const tookMs = await within(TOLD_MS, 'the second', () => addresses().size === 2)
  t.comment(`${tookMs.toFixed()} ms`)
  const renewed = told.filter((one) => one.kind === 'address-seen' && one.address === addressOf(1))
  t.equal(renewed.length, 2)
  t.ok(renewed.every((one) => one.kind === 'address-seen' && one.lastsMs > 3_590_000))
  const lastsMs = renewed.map((one) => (one.kind === 'address-seen' ? one.lastsMs : 0))
  t.ok((lastsMs[1] ?? 0) > 5_390_000 && (lastsMs[1] ?? 0) <= 5_400_000)

  writeFileSync(path, dnsmasqLine(2))
  await within(TOLD_MS, 'the end of the first', () => !addresses().has(addressOf(1)))
  t.match(told.at(-1), { kind: 'address-gone', mac: macOf(1), address: addressOf(1) })
  t.equal(feed.readings().leases, 1)
  const { length } = told
  await sleep(700)
  t.equal(told.length, length, 'what has not changed is not told again')
})

t.test('dnsmasq: a file that is just being written is left until it is whole', async (t) => {
  const all = Array.from({ length: 50 }, (_, i) => dnsmasqLine(i)).join('')
  const { path, addresses, told, feed } = await follow(t, 'dnsmasq', all)
  await within(TOLD_MS, 'all', () => addresses().size === 50)
  truncateSync(path, 0)
  await sleep(40)
  appendFileSync(path, all.slice(0, 1_000))
  await sleep(40)
  appendFileSync(path, `${all.slice(1_000)}${dnsmasqLine(50)}`)
  await within(TOLD_MS, 'one more', () => addresses().size === 51)
  t.notOk(told.some(({ kind }) => kind === 'address-gone'))
  t.ok(feed.readings().torn > 0)
})

t.test('a half-written last line waits for its end', async (t) => {
  for (const format of ['dnsmasq', 'kea'] as const)
    await t.test(format, async (t) => {
      const line = format === 'kea' ? keaLine(2) : dnsmasqLine(2)
      const first = format === 'kea' ? KEA4 + keaLine(1) : dnsmasqLine(1)
      const { path, addresses, feed } = await follow(t, format, first + line.slice(0, 30))
      await within(TOLD_MS, 'the whole line', () => addresses().size === 1)
      await sleep(600)
      t.equal(addresses().size, 1)
      appendFileSync(path, line.slice(30))
      await within(TOLD_MS, 'the rest', () => addresses().size === 2)
      t.equal(feed.readings().malformed, 0)
    })
})

t.test('Kea: of a journal only what was added is read, and the last row counts', async (t) => {
  const start = KEA4 + Array.from({ length: 500 }, (_, i) => keaLine(i)).join('')
  const { path, addresses, names, told, feed } = await follow(t, 'kea', start)
  await within(TOLD_MS, 'all', () => addresses().size === 500)
  const before = feed.readings()
  appendFileSync(
    path,
    keaLine(7, { state: 2 }) + keaLine(8, { lifetime: 0 }) + keaLine(9, { mac: 900 }),
  )
  await within(TOLD_MS, 'the change', () => addresses().get(addressOf(9)) === macOf(900))
  t.notOk(addresses().has(addressOf(7)), 'reclaimed')
  t.notOk(addresses().has(addressOf(8)), 'released')
  t.ok(
    told.some((one) => one.kind === 'address-gone' && one.mac === macOf(9)),
    'taken from whoever had it',
  )
  appendFileSync(path, keaLine(7) + keaLine(7, { state: 1 }) + keaLine(7, { mac: 901 }))
  await within(TOLD_MS, 'the last of three', () => addresses().get(addressOf(7)) === macOf(901))
  t.notOk(
    told.some(
      (one) =>
        one.kind === 'address-seen' &&
        one.mac === macOf(7) &&
        one !== told.find((other) => other.kind === 'address-seen' && other.mac === macOf(7)),
    ),
    'not the others',
  )
  t.equal(names().get(macOf(901)), 'pc-7')
  const after = feed.readings()
  t.equal(after.wholeReads, before.wholeReads)
  t.ok(after.bytes - before.bytes < 1_000, `${after.bytes - before.bytes} bytes`)
})

t.test('Kea: nothing is lost while it cleans up', async (t) => {
  const { path, addresses, told, feed } = await follow(t, 'kea', KEA4 + keaLine(1) + keaLine(2))
  await within(TOLD_MS, 'all', () => addresses().size === 2)

  renameSync(path, `${path}.1`)
  await sleep(600)
  writeFileSync(path, KEA4 + keaLine(3))
  await within(TOLD_MS, 'the new file', () => addresses().size === 3)

  writeFileSync(`${path}.output`, KEA4 + keaLine(1) + keaLine(2))
  renameSync(`${path}.output`, `${path}.completed`)
  rmSync(`${path}.1`)
  appendFileSync(path, keaLine(4))
  await within(TOLD_MS, 'beside what is completed', () => addresses().size === 4)

  renameSync(`${path}.completed`, `${path}.2`)
  appendFileSync(path, keaLine(5) + keaLine(1, { state: 2 }))
  await within(TOLD_MS, 'after it', () => addresses().size === 4 && addresses().has(addressOf(5)))
  t.notOk(addresses().has(addressOf(1)), 'a newer file goes before an older')

  renameSync(path, `${path}.1`)
  writeFileSync(path, KEA4)
  await sleep(700)
  t.same([...addresses().keys()].toSorted(), [2, 3, 4, 5].map(addressOf))
  t.equal(told.filter(({ kind }) => kind === 'address-gone').length, 1)
  t.equal(feed.readings().unreadable, 0)
})

t.test('ISC: a journal that is replaced by a rename, and goes on', async (t) => {
  const { path, addresses, names, feed } = await follow(t, 'isc', iscBlock(1) + iscBlock(2))
  await within(TOLD_MS, 'all', () => addresses().size === 2)
  t.equal(names().get(macOf(2)), 'pc-2')
  appendFileSync(path, iscBlock(2, 'free'))
  await within(TOLD_MS, 'the release', () => addresses().size === 1)
  const block = iscBlock(3)
  appendFileSync(path, block.slice(0, 60))
  await sleep(500)
  appendFileSync(path, block.slice(60))
  await within(TOLD_MS, 'a block in two parts', () => addresses().has(addressOf(3)))
  t.equal(feed.readings().wholeReads, 1)
  writeFileSync(`${path}.new`, iscBlock(3) + iscBlock(4))
  renameSync(path, `${path}~`)
  renameSync(`${path}.new`, path)
  await within(TOLD_MS, 'the new file', () => addresses().has(addressOf(4)))
  t.notOk(addresses().has(addressOf(1)))
  t.equal(feed.readings().malformed, 0)
})

t.test('a journal that is written anew in its place is read anew, shorter or longer', async (t) => {
  const { path, addresses } = await follow(t, 'kea', KEA4 + keaLine(1))
  await within(TOLD_MS, 'the first', () => addresses().size === 1)
  writeFileSync(path, KEA4 + keaLine(2) + keaLine(3))
  await within(TOLD_MS, 'longer', () => addresses().size === 2)
  t.notOk(addresses().has(addressOf(1)))
  writeFileSync(path, KEA4 + keaLine(4))
  await within(TOLD_MS, 'shorter', () => addresses().size === 1 && addresses().has(addressOf(4)))
  writeFileSync(path, KEA4 + keaLine(5))
  await within(TOLD_MS, 'as long', () => addresses().size === 1 && addresses().has(addressOf(5)))
})

t.test('a file that is not there is told once, and what it said holds', async (t) => {
  const { path, addresses, faults, feed, logged, told } = await follow(t, 'dnsmasq', undefined)
  await within(TOLD_MS, 'the fault', () => faults.length === 1)
  t.match(faults[0], path)
  t.equal(feed.readings().unreadable, 1)
  writeFileSync(path, dnsmasqLine(1))
  await within(TOLD_MS, 'the file', () => addresses().size === 1)
  t.equal(feed.readings().unreadable, 0)
  rmSync(path)
  await within(TOLD_MS, 'the second fault', () => faults.length === 2)
  await sleep(900)
  t.equal(faults.length, 2)
  t.notOk(told.some(({ kind }) => kind === 'address-gone'))
  mkdirSync(path)
  await within(TOLD_MS, 'a folder of that name', () => faults.length === 3)
  rmSync(path, { recursive: true })
  writeFileSync(path, dnsmasqLine(2))
  await within(TOLD_MS, 'the file again', () => addresses().has(addressOf(2)))
  t.equal(logged.filter((line) => line.includes('read again')).length, 2)
  t.notMatch(logged.join(), /pc-1|02:00:5e/, 'no device in the log')
})

t.test('a folder that is made later is watched then', async (t) => {
  const path = join(t.testdir(), 'later', 'leases')
  const { parts, addresses } = recordFeed()
  const feed = startLeases({ leases: [{ path, format: 'dnsmasq' }] }, parts)
  t.teardown(() => feed.close())
  await sleep(100)
  mkdirSync(join(path, '..'))
  writeFileSync(path, dnsmasqLine(1))
  await within(TOLD_MS, 'the lease', () => addresses().size === 1)
})

t.test('a lease that runs out is told as gone, though its file stays as it is', async (t) => {
  const soon = Math.floor(Date.now() / 1000) + 2
  const { addresses, told } = await follow(t, 'dnsmasq', dnsmasqLine(1, soon) + dnsmasqLine(2))
  await within(TOLD_MS, 'both', () => addresses().size === 2)
  await within(3_000, 'the end', () => addresses().size === 1)
  t.ok(Date.now() >= soon * 1000)
  t.ok(Date.now() < soon * 1000 + TOLD_MS)
  t.equal(told.filter(({ kind }) => kind === 'address-gone').length, 1)
  const { length } = told
  await sleep(500)
  t.equal(told.length, length)
})

t.test('time left is by the wall clock, and is told anew where that is set', async (t) => {
  let offsetMs = 0
  const clock = { ...systemClock, wallMs: () => Date.now() + offsetMs }
  const expiry = Math.floor(Date.now() / 1000) + 7_200
  const { addresses, told, path } = await follow(t, 'dnsmasq', dnsmasqLine(1, expiry), clock)
  const lasts = (): number | undefined =>
    told.flatMap((one) => (one.kind === 'address-seen' ? [one.lastsMs] : [])).at(-1)
  await within(TOLD_MS, 'the lease', () => addresses().size === 1)
  t.ok(Math.abs((lasts() ?? 0) - 7_200_000) < 5_000)
  offsetMs = 3_600_000
  await within(TOLD_MS, 'an hour less', () => Math.abs((lasts() ?? 0) - 3_600_000) < 10_000)
  offsetMs = 8_000_000
  await within(TOLD_MS, 'none left', () => addresses().size === 0)
  offsetMs = 0
  await within(TOLD_MS, 'set back', () => addresses().size === 1)
  // A box that thinks it is 1970 gives nobody an address for decades.
  offsetMs = -Date.now() + 86_400_000
  await within(TOLD_MS, 'long ago', () => lasts() === LEASE_LIMITS.lastsMs)
  offsetMs = 0
  await within(TOLD_MS, 'back', () => (lasts() ?? 0) < 7_200_001)
  writeFileSync(path, dnsmasqLine(1, 0))
  await within(TOLD_MS, 'for ever', () => lasts() === LEASE_LIMITS.lastsMs)
})

t.test('where the lifetime is known none lasts longer, whatever the clock', async (t) => {
  const clock = { ...systemClock, wallMs: () => 1_000_000 }
  const { told, addresses } = await follow(t, 'kea', KEA4 + keaLine(1), clock)
  await within(TOLD_MS, 'the lease', () => addresses().size === 1)
  t.match(told[0], { lastsMs: 3_600_000 })
})

t.test('IPv6 without a MAC: the address has a name at least', async (t) => {
  const line = `${inAnHour()} 77 2001:db8::10 pc-77 00:04:53:45:4c:00:00:00:00:00:00:00:00:00:00:00:00:01\n`
  const { told, feed } = await follow(t, 'dnsmasq', `duid 00:01\n${line}`)
  await within(TOLD_MS, 'the name', () => told.length > 0)
  t.match(told, [
    { kind: 'name-seen', of: { kind: 'address', address: '2001:db8::10' }, name: 'pc-77' },
  ])
  t.match(feed.readings(), { leases: 1, withoutMac: 1 })
})

t.test('hostile names are cleaned, and lines that are none counted', async (t) => {
  const bidi = `${inAnHour()} ${macOf(1)} ${addressOf(1)} <script>x\u202egpj.exe *\n`
  const long = `${inAnHour()} ${macOf(2)} ${addressOf(2)} ${'n'.repeat(10_000)} *\n`
  const longer = `${inAnHour()} ${macOf(3)} ${addressOf(3)} ${'n'.repeat(200_000)} *\n`
  const junk = `\u0000\u0001 nonsense\n${'x '.repeat(1_000)}\n`
  const { addresses, names, feed } = await follow(
    t,
    'dnsmasq',
    bidi + long + longer + junk + dnsmasqLine(4),
  )
  await within(TOLD_MS, 'the last', () => addresses().has(addressOf(4)))
  t.equal(names().get(macOf(1)), 'scriptxgpj.exe')
  t.equal(names().get(macOf(2)), `${'n'.repeat(63)}…`)
  t.notOk(addresses().has(addressOf(3)))
  t.equal(feed.readings().malformed, 3)
})

t.test('of a file that is too long the end is read, from its first whole line on', async (t) => {
  const { path, addresses, feed } = await follow(t, 'kea', KEA4)
  const row = keaLine(1).replace(addressOf(1), '192.0.2.10')
  writeFileSync(`${path}.new`, KEA4 + row + keaLine(2))
  // So long that what is read begins at the second digit of the first address.
  const hole = KEA4.length + 1 + LEASE_LIMITS.readBytes - keaLine(3).length
  truncateSync(`${path}.new`, hole - 1)
  appendFileSync(`${path}.new`, `\n${keaLine(3)}`)
  renameSync(`${path}.new`, path)
  await within(20_000, 'the last', () => addresses().has(addressOf(3)))
  t.same([...addresses().keys()].toSorted(), [addressOf(2), addressOf(3)].toSorted())
  t.ok(feed.readings().bytes >= LEASE_LIMITS.readBytes - 1_000)
})

t.test('more leases than there is room for are refused and counted', async (t) => {
  const over = 25
  const text = Array.from({ length: LEASE_LIMITS.leases + over }, (_, i) => dnsmasqLine(i)).join('')
  const { addresses, feed } = await follow(t, 'dnsmasq', text)
  const isFull = (): boolean => feed.readings().leases >= LEASE_LIMITS.leases
  await within(20_000, 'as many as there may be', isFull)
  await sleep(100)
  t.equal(addresses().size, LEASE_LIMITS.leases)
  t.match(feed.readings(), { leases: LEASE_LIMITS.leases, refused: over })
})

t.test('what the configuration no longer names is taken back', async (t) => {
  const { path, addresses, feed } = await follow(t, 'dnsmasq', dnsmasqLine(1))
  const other = `${path}-other`
  writeFileSync(other, KEA4 + keaLine(2))
  feed.use({
    leases: [
      { path, format: 'dnsmasq' },
      { path: other, format: 'kea' },
    ],
  })
  await within(TOLD_MS, 'both', () => addresses().size === 2)
  feed.use({ leases: [{ path: other, format: 'kea' }] })
  await within(TOLD_MS, 'one', () => addresses().size === 1)
  t.ok(addresses().has(addressOf(2)))
  writeFileSync(path, dnsmasqLine(3))
  await sleep(600)
  t.equal(addresses().size, 1)
  t.match(feed.readings(), { files: 1, leases: 1 })
})

t.test('however often a file changes, it is read four times a second at most', async (t) => {
  const { path, feed } = await follow(t, 'kea', KEA4)
  const before = feed.readings().reads
  const startedAt = performance.now()
  for (let i = 0; performance.now() - startedAt < 2_000; i++) {
    appendFileSync(path, keaLine(i % 100))
    await sleep(5)
  }
  const reads = feed.readings().reads - before
  t.ok(reads >= 1 && reads <= 9, `${reads} readings in 2 s`)
})

t.test('10,000 leases are read in turns of less than 5 ms', async (t) => {
  for (const format of ['dnsmasq', 'kea', 'isc'] as const)
    await t.test(format, async (t) => {
      const make = { dnsmasq: dnsmasqLine, kea: keaLine, isc: iscBlock } as const
      const text = Array.from({ length: 10_000 }, (_, i) => make[format](i)).join('')
      const path = join(t.testdir(), 'leases')
      writeFileSync(path, (format === 'kea' ? KEA4 : '') + text)
      const { parts } = recordFeed()
      const counted = { told: 0 }
      await sleep(200)
      const tell = (): number => counted.told++
      const feed = startLeases({ leases: [{ path, format }] }, { ...parts, tell })
      t.teardown(() => feed.close())
      const turnsMs: number[] = []
      const untilMs = performance.now() + 20_000
      // Processor time, so that what else the machine does is not counted.
      while (counted.told < 20_000 && performance.now() < untilMs) {
        const before = process.threadCpuUsage()
        await nextTurn()
        const { user, system } = process.threadCpuUsage(before)
        turnsMs.push((user + system) / 1000)
      }
      t.equal(counted.told, 20_000)
      turnsMs.sort((a, b) => b - a)
      const totalMs = turnsMs.reduce((sum, one) => sum + one, 0)
      const [longestMs = 0] = turnsMs
      const usualMs = turnsMs[Math.ceil(turnsMs.length / 100)] ?? 0
      t.comment(
        `longest turn ${longestMs.toFixed(1)} ms, 99 of 100 within ${usualMs.toFixed(1)} ms, ${totalMs.toFixed()} ms in all`,
      )
      t.ok(usualMs < 5, `${usualMs} ms`)
      // A collection of garbage, on whichever thread it falls, is no work of ours.
      t.ok(longestMs < 40, `${longestMs} ms`)
    })
})
