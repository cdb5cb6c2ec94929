/** What one client and one zone may ask, seen from outside: each limit, and that it goes when its value does. */

import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ClientRates } from '#agent/limits/client-rates.ts'
import { RateTable } from '#agent/limits/rate-table.ts'
import { MAIN_SIDE, makeZoneMemory, ZoneLimits } from '#agent/limits/zone-limits.ts'
import { zoneStart } from '#agent/limits/zone-of.ts'
import { loadLibc } from '#platform/ffi/libc.ts'
import { OPTION, optionIn, optOf, queryOf, RCODE, readReply } from '#test/rfc/raw-message.ts'
import { a, startFakeUpstream } from '#test/support/fake-upstream.ts'
import { type FloodClient, startFloodClient } from '#test/support/flood-client.ts'
import {
  type PipelineServer,
  type PipelineServerOptions,
  startPipelineServer,
} from '#test/support/pipeline-server.ts'
import { makeRules } from '#test/support/test-rules.ts'
import { wireName } from '#test/support/wire-name.ts'

const rules = makeRules([['blocked.test', 'harm.gore']])
const LISTENERS = loadLibc() ? (['batch', 'node'] as const) : (['node'] as const)
const localhost = (): Buffer => queryOf({ name: wireName('localhost'), opt: optOf() })

async function start(
  t: Test,
  options: Omit<PipelineServerOptions, 'rules'>,
): Promise<PipelineServer> {
  const server = await startPipelineServer({ ...options, rules })
  t.teardown(() => server.close())
  await server.workerUp()
  return server
}

async function flood(t: Test, server: PipelineServer, from: string): Promise<FloodClient> {
  const client = await startFloodClient({ port: server.port, from })
  t.teardown(() => client.close())
  return client
}

for (const udp of LISTENERS) {
  t.test(`${udp}: what is over the rate is truncated and dropped in turn`, async (t) => {
    const limits = { clientQueriesPerSecond: 1, clientQueryBurst: 20 }
    const server = await start(t, { udp, upstreamPort: 9, limits })
    const client = await flood(t, server, '127.0.0.7')
    const replies = await client.askAll(Array.from({ length: 60 }, localhost), 20)
    t.equal(replies.filter(({ isTruncated }) => !isTruncated).length, 20, 'the burst is answered')
    t.equal(replies.filter(({ isTruncated }) => isTruncated).length, 20, 'half of the rest')
    for (const { bytes, isTruncated } of replies)
      if (isTruncated) t.ok(bytes.length <= localhost().length, 'no longer than what was asked')
    const other = await flood(t, server, '127.0.0.8')
    t.equal((await other.askAll([localhost()], 0)).length, 1, 'another client is free')
    await sleep(200)
    const counted = server.counted.filter((one) => one === 'udp limited client-rate')
    t.equal(counted.length, 40, 'counted')
  })

  t.test(`${udp}: a group may be exempt, and a rate that is not reached is none`, async (t) => {
    const limits = { clientQueriesPerSecond: 1, clientQueryBurst: 2 }
    const groups = new Map([['pupils', { ech: 'pass', isRateLimited: false } as const]])
    const exempt = await start(t, { udp, upstreamPort: 9, limits, answers: { groups } })
    const many = Array.from({ length: 50 }, localhost)
    const free = await (await flood(t, exempt, '127.0.0.7')).askAll(many, 0)
    t.equal(free.filter(({ isTruncated }) => !isTruncated).length, 50)
    const wide = await start(t, { udp, upstreamPort: 9 })
    const within = await (await flood(t, wide, '127.0.0.7')).askAll(many, 0)
    t.equal(within.filter(({ isTruncated }) => !isTruncated).length, 50, 'by default')
  })

  t.test(`${udp}: a zone without answers takes no more than its share of the way up`, async (t) => {
    const silent = await startFakeUpstream(({ name }) =>
      name.endsWith('dead.test') ? undefined : { answers: [a(name, '192.0.2.1')] },
    )
    t.teardown(() => silent.close())
    const limits = { zoneQuestionsInFlight: 5 }
    const server = await start(t, {
      udp,
      upstreamPort: silent.port,
      limits,
      upstreamTimeoutMs: 2_000,
    })
    const client = await flood(t, server, '127.0.0.7')
    const names = Array.from({ length: 30 }, (_, i) => wireName(`x${i}.dead.test`))
    const replies = await client.askAll(
      names.map((name) => queryOf({ name, opt: optOf() })),
      5,
    )
    t.equal(replies.length, 25, 'the others at once')
    for (const { bytes } of replies) {
      const reply = readReply(bytes)
      t.equal(reply.rcode, RCODE.SERVFAIL)
      t.match(optionIn(reply, OPTION.ede)?.toString('utf8', 2), /of this zone wait/)
    }
    const asked = new Set(silent.asked.map(({ name }) => name))
    t.equal(asked.size, 5, 'and asked for no more')
    const alive = await client.askAll([queryOf({ name: wireName('www.alive.test') })], 0)
    t.equal(readReply(alive[0]?.bytes ?? Buffer.alloc(0)).answers.length, 1, 'other zones go on')
  })

  t.test(`${udp}: names that nobody has asked for are held to a rate for each zone`, async (t) => {
    const quick = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
    t.teardown(() => quick.close())
    const limits = { zoneMissesPerSecond: 5 }
    const server = await start(t, { udp, upstreamPort: quick.port, limits })
    const client = await flood(t, server, '127.0.0.7')
    const names = Array.from({ length: 40 }, (_, i) => wireName(`x${i}.school.sch.uk`))
    const queries = names.map((name) => queryOf({ name, opt: optOf() }))
    const replies = (await client.askAll(queries, 0)).map(({ bytes }) => readReply(bytes))
    const good = replies.filter(({ rcode }) => rcode === RCODE.NOERROR)
    t.ok(good.length >= 10 && good.length < 25, `${good.length} of 40, two seconds' worth`)
    const [known] = good
    const again = queryOf({ name: wireName('x0.school.sch.uk') })
    t.ok(known)
    t.equal(readReply((await client.askAll([again], 0))[0]?.bytes ?? again).rcode, 0, 'cached')
    const neighbour = queryOf({ name: wireName('x.other.sch.uk') })
    t.equal(readReply((await client.askAll([neighbour], 0))[0]?.bytes ?? again).rcode, 0)
  })

  t.test(`${udp}: one client cannot have all the room to wait`, async (t) => {
    const silent = await startFakeUpstream(({ name }) =>
      name.startsWith('x') ? undefined : { answers: [a(name, '192.0.2.1')] },
    )
    t.teardown(() => silent.close())
    const limits = { clientQueriesWaiting: 5 }
    const server = await start(t, {
      udp,
      upstreamPort: silent.port,
      limits,
      upstreamTimeoutMs: 2_000,
    })
    const client = await flood(t, server, '127.0.0.7')
    const names = Array.from({ length: 30 }, (_, i) => wireName(`x${i}.zone${i}.test`))
    const replies = await client.askAll(
      names.map((name) => queryOf({ name, opt: optOf() })),
      5,
    )
    t.equal(replies.length, 25)
    const reply = readReply(replies[0]?.bytes ?? Buffer.alloc(0))
    t.match(optionIn(reply, OPTION.ede)?.toString('utf8', 2), /of this client wait/)
    const other = await flood(t, server, '127.0.0.8')
    const good = await other.askAll([queryOf({ name: wireName('www.test') })], 0)
    t.equal(readReply(good[0]?.bytes ?? Buffer.alloc(0)).answers.length, 1, 'another has room')
  })
}

t.test('a worker that dies takes the questions that it counted with it', async (t) => {
  if (LISTENERS.length < 2) return t.comment('needs koffi')
  const silent = await startFakeUpstream(() => undefined)
  t.teardown(() => silent.close())
  const limits = { zoneQuestionsInFlight: 3 }
  const server = await start(t, {
    udp: 'batch',
    upstreamPort: silent.port,
    limits,
    upstreamTimeoutMs: 500,
  })
  const client = await flood(t, server, '127.0.0.7')
  const few = (from: number): Buffer[] =>
    [0, 1, 2].map((i) => queryOf({ name: wireName(`x${from + i}.dead.test`) }))
  client.send(few(0))
  await sleep(100)
  await server.killWorker()
  await server.workerUp()
  await sleep(2_500)
  const before = silent.asked.length
  client.send(few(3))
  await sleep(300)
  t.ok(silent.asked.length >= before + 3, 'as many may go again')
})

t.test('RateTable: a burst, then the rate, for each key, whatever else is asked', (t) => {
  const table = new RateTable({ perSecond: 10, burst: 5, slots: 64, seed: 7 })
  const take = (low: number, nowMs: number): string => table.take(0xffff, low, nowMs)
  for (let i = 0; i < 5; i++) t.equal(take(1, 1_000), 'within')
  t.same(
    Array.from({ length: 4 }, () => take(1, 1_000)),
    ['over', 'slip', 'over', 'slip'],
  )
  t.equal(take(1, 1_101), 'within', 'one more after its time')
  t.equal(take(1, 1_102), 'over')
  for (let i = 0; i < 10_000; i++) take(100 + i, 1_102)
  t.equal(take(1, 1_103), 'slip', 'ten thousand others do not make it forgotten')
  t.equal(take(1, 60_000), 'within')
  t.end()
})

t.test('ClientRates: an address of IPv6, and its network as sixteen devices', (t) => {
  const rates = new ClientRates({ clientQueriesPerSecond: 1, clientQueryBurst: 10 }, 3)
  const words = (last: number): Int32Array => Int32Array.of(0x2001_0db8, 1, 0, last)
  const within = (last: number, tries: number): number =>
    Array.from({ length: tries }, () => rates.take(words(last), 5_000)).filter(
      (verdict) => verdict === 'within',
    ).length
  t.equal(within(1, 30), 10, 'one device')
  const others = Array.from({ length: 100 }, (_, i) => within(2 + i, 10))
  t.equal(
    others.reduce((sum, count) => sum + count, 0),
    160 - 30,
    'one that goes through all addresses of its network',
  )
  t.end()
})

t.test('the registered zone of a name', (t) => {
  const zone = (name: string): string => {
    const wire = wireName(name)
    return wire.toString('latin1', zoneStart(wire, wire.length))
  }
  t.equal(zone('a.b.example.org'), '\x07example\x03org\0')
  t.equal(zone('a.b.example.co.uk'), '\x07example\x02co\x02uk\0')
  t.equal(zone('www.school.sch.uk'), '\x06school\x03sch\x02uk\0')
  t.equal(zone('co.uk'), '\x02co\x02uk\0')
  t.equal(zone('a.b.t.co'), '\x01t\x02co\0')
  t.equal(zone('x.co.example'), '\x02co\x07example\0')
  t.equal(zone('example'), '\0', 'all top levels together')
  t.equal(zone('.'), '\0')
  t.end()
})

t.test('ZoneLimits: threads count together', (t) => {
  const memory = makeZoneMemory(2)
  const options = { queriesInFlight: 6, zoneQuestionsInFlight: 4, zoneMissesPerSecond: 1_000 }
  const [main, worker] = [
    new ZoneLimits(memory, MAIN_SIDE, options),
    new ZoneLimits(memory, 1, options),
  ]
  const name = wireName('www.example.org')
  const go = (side: ZoneLimits): string | number => side.depart(name, name.length, 1)
  const places = [go(main), go(main), go(worker), go(worker)]
  t.ok(places.every((place) => typeof place === 'number'))
  t.equal(go(main), 'zone-waiting')
  t.equal(go(worker), 'zone-waiting')
  main.land(Number(places[0]))
  t.type(go(worker), 'number')
  main.forget(1)
  t.type(go(main), 'number')
  t.end()
})

t.test('ZoneLimits: threads count all zones together', (t) => {
  const memory = makeZoneMemory(2)
  const options = { queriesInFlight: 6, zoneQuestionsInFlight: 4, zoneMissesPerSecond: 1_000 }
  const sides = [
    new ZoneLimits(memory, MAIN_SIDE, options),
    new ZoneLimits(memory, 1, options),
  ] as const
  const go = (zone: number): string | number => {
    const name = wireName(`www.zone${zone}.test`)
    return sides[zone % 2 === 0 ? 0 : 1].depart(name, name.length, 1)
  }
  const places = [0, 1, 2, 3, 4, 5].map(go)
  t.ok(places.every((place) => typeof place === 'number'))
  t.equal(go(6), 'all-waiting')
  t.equal(go(7), 'all-waiting')
  sides[0].land(Number(places[0]))
  t.type(go(7), 'number')
  t.equal(go(8), 'all-waiting')
  sides[0].forget(1)
  t.same(
    [8, 9, 10, 11].map((zone) => typeof go(zone)),
    ['number', 'number', 'number', 'number'],
  )
  t.equal(go(12), 'all-waiting')
  t.end()
})
