/** A million addresses that nobody has: what counts clients stays as large and as quick as it is, and forgets nobody who floods. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { ClientNames } from '#agent/fastpath/client-names.ts'
import { AddressWords } from '#agent/limits/address-words.ts'
import { ClientRates } from '#agent/limits/client-rates.ts'
import { makeZoneMemory, ZoneLimits } from '#agent/limits/zone-limits.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { residentBytes } from '#test/fuzz/process-facts.ts'
import { queryOf } from '#test/rfc/raw-message.ts'
import { startAgentProcess } from '#test/support/agent-process.ts'
import { cpuMs } from '#test/support/cpu-time.ts'
import { shortFolder } from '#test/support/short-folder.ts'
import { wireName } from '#test/support/wire-name.ts'
import { floodFromEverywhere } from './spoofed-sender.ts'
import { underWitness } from './witness.ts'

const MIB = 1_048_576
/** A multiple of what the tables of names remember, so that they are at their fullest just before its end. */
const MILLION = 62 * 16_384
/** Where each costs a text as well. */
const FEWER = 16 * 16_384
const ROUNDS = 4
const TABLE_BYTES_MAX = 4 * MIB
/** The last rounds against the first: a table that is looked through takes hundreds of times as long, a collection now and then twice. */
const SLOWER_MAX = 4
const LIMITS = { clientQueriesPerSecond: 1_000, clientQueryBurst: 5_000 }
/** More at once says more of the machine than of what it counts in. */
const FLOOD_PER_SECOND = 2_000
const FLOOD_MS = 5_000

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** What is in use once all that nobody has any more is gone. */
function bytesInUse(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** CPU time of each round of as many takes. */
function roundsOf(take: (source: number) => void, sources: number): readonly number[] {
  const each = sources / ROUNDS
  return Array.from({ length: ROUNDS }, (_, round) => {
    const before = cpuMs()
    for (let i = round * each; i < (round + 1) * each - 1; i++) take(i)
    return cpuMs() - before
  })
}

interface Table {
  readonly title: string
  readonly sources: number
  /** Makes it, and tells how to count one more source in it. */
  readonly make: () => (source: number) => void
}

const TABLES: readonly Table[] = [
  {
    title: 'rates of IPv4 addresses',
    sources: MILLION,
    make: () => {
      const rates = new ClientRates(LIMITS, 0x5eed)
      const words = Int32Array.of(0, 0, 0xffff, 0)
      return (source) => {
        words[3] = Math.imul(source, 0x9e37_79b1)
        rates.take(words, source / 100)
      }
    },
  },
  {
    title: 'rates of IPv6 addresses, each of a network of its own',
    sources: MILLION,
    make: () => {
      const rates = new ClientRates(LIMITS, 0x5eed)
      const words = Int32Array.of(0x2001_0db8, 0, 0, 1)
      return (source) => {
        words[1] = source
        rates.take(words, source / 100)
      }
    },
  },
  {
    title: 'addresses as words, of node:dgram',
    sources: FEWER,
    make: () => {
      const known = new AddressWords()
      const words = new Int32Array(4)
      return (source) =>
        known.read(`10.${(source >> 16) & 0xff}.${(source >> 8) & 0xff}.${source & 0xff}`, words)
    },
  },
  {
    title: 'names of addresses, of the batch listener',
    sources: FEWER,
    make: () => {
      const known = new ClientNames()
      const sockaddr = Buffer.alloc(32)
      return (source) => {
        sockaddr.writeUInt32BE(source, 4)
        known.nameOf(sockaddr, 0, false)
      }
    },
  },
  {
    title: 'zones',
    sources: FEWER,
    make: () => {
      const limits = {
        queriesInFlight: 2_048,
        zoneQuestionsInFlight: 100,
        zoneMissesPerSecond: 500,
      }
      const zones = new ZoneLimits(makeZoneMemory(2), 0, limits)
      const name = wireName('x00000000.test')
      return (source) => {
        name.write(source.toString(16).padStart(8, '0'), 2, 'latin1')
        const place = zones.depart(name, name.length, source / 100)
        if (typeof place === 'number') zones.land(place)
      }
    },
  },
]

for (const { title, sources, make } of TABLES)
  t.test(`${title}: ${sources} sources take no more than 4 MiB and no more time`, (t) => {
    const before = bytesInUse()
    const take = make()
    const [first = 0, ...rounds] = roundsOf(take, sources)
    const took = bytesInUse() - before
    t.ok(took <= TABLE_BYTES_MAX, `${(took / MIB).toFixed(2)} MiB`)
    const last = Math.min(...rounds.slice(-2))
    // Clocks of a thread go in steps of some milliseconds.
    const told = `${first.toFixed(0)} ms, then ${rounds.map((ms) => ms.toFixed(0)).join(', ')}`
    t.ok(last <= SLOWER_MAX * Math.max(first, 10), told)
    take(0)
    t.end()
  })

t.test('one who is over his rate is not forgotten for a million others', (t) => {
  const rates = new ClientRates(LIMITS, 0x5eed)
  const flooder = Int32Array.of(0, 0, 0xffff, 0x0a00_0001)
  const other = Int32Array.of(0, 0, 0xffff, 0)
  for (let i = 0; i < LIMITS.clientQueryBurst; i++) rates.take(flooder, 1_000)
  t.not(rates.take(flooder, 1_000), 'within', 'over his rate')
  let refused = 0
  for (let i = 0; i < MILLION; i++) {
    other[3] = 0x0b00_0000 + i
    if (rates.take(other, 1_000) !== 'within') refused++
  }
  t.not(rates.take(flooder, 1_000), 'within', 'and still')
  t.equal(refused, 0, 'none of the others pays for him')
  t.end()
})

for (const udp of ['batch', 'node'] as const)
  t.test(
    `${udp}: spoofed sources at ${FLOOD_PER_SECOND} a second: clients are answered, memory stays`,
    { skip: loadLibc() ? false : 'needs Linux on x64 or arm64 and the optional package koffi' },
    async (t) => {
      const libc = loadLibc()
      if (!libc) return
      const agent = await startAgentProcess({ folder: shortFolder(t), upstreamPorts: [], udp })
      t.teardown(() => agent.stop())
      const { port, pid } = agent
      const message = queryOf({ name: wireName('localhost') })
      const flood = { port, message, perSecond: FLOOD_PER_SECOND }
      await floodFromEverywhere(libc, { ...flood, forMs: 500 })
      const before = residentBytes(pid)
      let sources = 0
      const felt = await underWitness(port, ['localhost'], async () => {
        sources = await floodFromEverywhere(libc, { ...flood, forMs: FLOOD_MS })
      })
      t.ok(sources > 8_192, `${sources} addresses`)
      const grown = residentBytes(pid) - before
      t.ok(grown < 48 * MIB, `${(grown / MIB).toFixed(1)} MiB more`)
      t.ok(felt.unanswered <= felt.sent / 20, `${felt.unanswered} of ${felt.sent} not answered`)
      t.match(felt, { empty: 0 })
    },
  )
