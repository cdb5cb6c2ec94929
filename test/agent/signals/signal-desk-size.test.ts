import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { makeSignalDesk, SIGNAL_DESK_LIMITS } from '#agent/signals/signal-desk.ts'
import { SHIPPED_WEIGHTS } from '#safeguarding/shipped-weights.ts'

const CLIENTS = 10_000
const MEGABYTES_MAX = 32

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes in use once what is not needed is gone. */
function usedBytes(): number {
  collect()
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

t.test('ten minutes of 10,000 clients fit into 32 MB, whatever they ask for', (t) => {
  // Code is compiled and the public suffix list is made before anything is measured.
  fill(1_000)
  const before = usedBytes()
  const desk = fill(CLIENTS)
  const megabytes = (usedBytes() - before) / 1_048_576
  const { clients, clientsEvicted, names, sites, unnumbered, cases, lookups } = desk.counters()
  t.equal(clients, CLIENTS)
  t.ok(clientsEvicted >= 500, 'more came than there is room for')
  t.ok(names > 24_576 && sites === SIGNAL_DESK_LIMITS.sites, 'the books are full')
  t.ok(unnumbered > 0, 'and beyond')
  t.equal(cases, SIGNAL_DESK_LIMITS.cases)
  t.comment(`${megabytes.toFixed(1)} MB after ${lookups} lookups`)
  t.ok(megabytes <= MEGABYTES_MAX, `${megabytes.toFixed(1)} MB`)
  desk.look(Date.UTC(2026, 10, 25))
  desk.look(Date.UTC(2026, 10, 25, 1))
  t.equal(desk.counters().cases, 0, 'cases end')
  t.end()
})

/** Every client asks for pages, for names of its own, and for something blocked. */
function fill(clients: number) {
  const desk = makeSignalDesk({
    limits: SIGNAL_DESK_LIMITS,
    weights: SHIPPED_WEIGHTS,
    momentAt: () => 'lesson',
    found: () => undefined,
  })
  let atMs = Date.UTC(2026, 10, 24, 9)
  const ask = (client: string, name: string) =>
    desk.observe({ atMs, client, group: 'ks3', name, type: 1, verdict: 'allowed' })
  for (let i = 0; i < clients + clients / 20; i++) {
    const client = `02:00:5e:10:${i}@2001:db8:10:${(i >> 8).toString(16)}::${(i & 255).toString(16)}`
    for (let n = 0; n < 12; n++) ask(client, `www.shared${(i * 7 + n) % 5_000}.test`)
    for (let n = 0; n < 3; n++) {
      ask(client, `www.client${i}-of-many-${n}.example.test`)
      ask(client, `client${i}-of-many-${n}.test`)
    }
    for (let n = 0; n < 4; n++) {
      const event = `0199-${i}-0000-0000-${n}`
      const blocked = { atMs, client, group: 'ks3', type: 1, verdict: 'blocked', event } as const
      for (let again = 0; again < 6; again++) {
        desk.observe({ ...blocked, category: 'adult.porn', name: `bad${n + (i % 900)}.test` })
        atMs += 2
      }
    }
    if (i % 100 === 0) desk.look(atMs)
  }
  return desk
}
