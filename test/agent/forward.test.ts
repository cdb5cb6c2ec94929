/** Questions that the worker of the batch listener asks upstreams by itself, seen from both sides. */
import { readdirSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { loadLibc } from '#platform/ffi/libc.ts'
import { ask, ednsError, rcodeOf } from '#test/support/dns-client.ts'
import { a, respond, startFakeUpstream } from '#test/support/fake-upstream.ts'
import {
  freePort,
  type PipelineServer,
  type PipelineServerOptions,
  startPipelineServer,
} from '#test/support/pipeline-server.ts'
import { type RawQuery, type RawUpstream, startRawUpstream } from '#test/support/raw-upstream.ts'
import { domainName, makeRules } from '#test/support/test-rules.ts'

const skip = loadLibc() ? false : 'needs Linux on x64 or arm64 and the optional package koffi'
const SERVFAIL = 2
const rules = makeRules([
  ['search.test', { kind: 'rewrite', service: 'safesearch', target: domainName('safe.test') }],
])

/** A server whose worker is up, with that upstream before any other. */
async function startServer(
  t: Test,
  upstreamPort: number,
  more: Partial<PipelineServerOptions> = {},
): Promise<PipelineServer> {
  const server = await startPipelineServer({ rules, upstreamPort, udp: 'batch', ...more })
  t.teardown(() => server.close())
  await server.workerUp()
  return server
}

async function start(
  t: Test,
  take: (query: RawQuery) => void,
  more: Partial<PipelineServerOptions> = {},
): Promise<{ server: PipelineServer; upstream: RawUpstream }> {
  const upstream = await startRawUpstream(take)
  t.teardown(() => upstream.close())
  return { server: await startServer(t, upstream.port, more), upstream }
}

function answerTo({ message, name }: RawQuery, address = '192.0.2.1', ttl = 300): Buffer {
  return respond(message, { answers: [a(name, address, ttl)] })
}

t.test('the same question of many is asked once, and all are answered', { skip }, async (t) => {
  const answerLater = (query: RawQuery): void => {
    setTimeout(() => query.reply(answerTo(query)), 100)
  }
  // Long enough that a busy machine does not make it ask again.
  const { server, upstream } = await start(t, answerLater, { upstreamTimeoutMs: 5_000 })
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, i) => ask(i % 2 ? 'www.test' : 'WWW.test', 'A', server)),
  )
  for (const reply of replies) t.match(reply.answers, [{ data: '192.0.2.1' }])
  t.equal(upstream.asked.length, 1)
  await sleep(100)
  t.equal(server.counted.filter((line) => line === 'udp forwarded').length, 1)
  t.equal(server.counted.filter((line) => line === 'udp cached').length, 39)
})

t.test(
  'RFC 5452 section 9.2: names go out in a case of chance, ids too, and ports change',
  { skip },
  async (t) => {
    const { server, upstream } = await start(t, (query) => query.reply(answerTo(query)))
    for (let i = 0; i < 300; i++) await ask(`abcdefghijkl${i}.test`, 'A', server)
    const { asked } = upstream
    t.equal(asked.length, 300)
    const spelt = new Set(asked.map(({ name }) => name.slice(0, 12)))
    t.ok(spelt.size > 250, `${spelt.size} ways to spell twelve letters`)
    t.ok(new Set(asked.map(({ message }) => message.readUInt16BE(0))).size > 290, 'ids')
    t.equal(new Set(asked.map(({ port }) => port)).size, 3, 'a port is used for 128 questions')
  },
)

t.test(
  'RFC 5452 section 9.1: what does not answer the question does not count',
  { skip },
  async (t) => {
    const wrong = (query: RawQuery, change: (message: Buffer) => void): Buffer => {
      const message = Buffer.from(answerTo(query, '203.0.113.66'))
      change(message)
      return message
    }
    const { server } = await start(t, (query) => {
      query.forge(answerTo(query, '203.0.113.66'))
      query.reply(wrong(query, (message) => message.writeUInt16BE(message.readUInt16BE(0) ^ 1, 0)))
      query.reply(wrong(query, (message) => message.writeUInt8(0x01, 2)))
      query.reply(wrong(query, (message) => message.write('x', 13)))
      query.reply(Buffer.alloc(3))
      setTimeout(() => query.reply(answerTo(query)), 50)
    })
    t.match((await ask('www.test', 'A', server)).answers, [{ data: '192.0.2.1' }])
  },
)

t.test('an answer in another case is asked for again from a fresh port', { skip }, async (t) => {
  const ports = new Map<string, number[]>()
  const { server } = await start(t, (query) => {
    const name = query.name.toLowerCase()
    const seen = ports.get(name) ?? []
    ports.set(name, [...seen, query.port])
    const lower = Buffer.from(query.message)
    lower.write(lower.toString('latin1', 12, 28).toLowerCase(), 12, 'latin1')
    query.reply(respond(lower, { answers: [a(name, '192.0.2.1')] }))
  })
  for (let i = 10; i < 30; i++) {
    const reply = await ask(`abcdefghij${i}.test`, 'A', server)
    t.match(reply.answers, [{ data: '192.0.2.1' }])
  }
  t.equal(new Set(ports.get('abcdefghij10.test')).size, 2, 'from two ports')
  t.equal(ports.get('abcdefghij29.test')?.length, 1, 'an upstream that never keeps it is believed')
})

t.test('SERVFAIL, silence and a closed port lead to the other upstream', { skip }, async (t) => {
  const good = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const failing = await startFakeUpstream(() => ({ flags: 0x0182 }))
  const silent = await startFakeUpstream(() => undefined)
  t.teardown(() => Promise.all([good.close(), failing.close(), silent.close()]))
  // Whoever waits for the answer that does not come waits for a second.
  const bad = [
    { port: failing.port, withinMs: 500 },
    { port: await freePort(), withinMs: 500 },
    { port: silent.port, withinMs: 900 },
  ]
  for (const { port, withinMs } of bad) {
    const more = { otherUpstreamPort: good.port, upstreamTimeoutMs: 1_000 }
    const server = await startServer(t, port, more)
    await ask('localhost', 'A', server)
    const before = performance.now()
    const reply = await ask('www.test', 'A', server)
    t.match(reply.answers, [{ data: '192.0.2.1' }])
    const tookMs = performance.now() - before
    t.ok(tookMs < withinMs, `after ${Math.round(tookMs)} ms`)
  }
  t.equal(good.asked.length, 3)
})

t.test('a silent upstream is left for the other one after three questions', { skip }, async (t) => {
  const good = await startFakeUpstream(({ name }) => ({ answers: [a(name, '192.0.2.1')] }))
  const silent = await startFakeUpstream(() => undefined)
  t.teardown(() => Promise.all([good.close(), silent.close()]))
  const more = { otherUpstreamPort: good.port, upstreamTimeoutMs: 200 }
  const server = await startServer(t, silent.port, more)
  for (let i = 0; i < 3; i++) await ask(`first${i}.test`, 'A', server)
  await sleep(2_400)
  const asked = silent.asked.length
  for (let i = 0; i < 5; i++) await ask(`second${i}.test`, 'A', server)
  t.equal(silent.asked.length, asked, 'it rests')
})

t.test('no more messages than allowed go out for one question', { skip }, async (t) => {
  for (const reply of [undefined, { flags: 0x0182 }]) {
    const fake = await startFakeUpstream(() => reply)
    const server = await startServer(t, fake.port)
    const answer = await ask('www.test', 'A', server)
    t.equal(rcodeOf(answer), SERVFAIL)
    t.match(ednsError(answer), reply ? undefined : { code: 22 })
    t.equal(fake.asked.length, 3)
    await fake.close()
  }
})

t.test('a truncated answer is fetched by TCP', { skip }, async (t) => {
  const fake = await startFakeUpstream(({ name, transport }) =>
    transport === 'udp' ? { flags: 0x0380 } : { answers: [a(name, '192.0.2.1')] },
  )
  t.teardown(() => fake.close())
  const server = await startServer(t, fake.port)
  t.match((await ask('www.test', 'A', server)).answers, [{ data: '192.0.2.1' }])
  t.ok(fake.asked.length <= 3, `${fake.asked.length} messages`)
})

t.test(
  'an answer that may not be kept is answered, alone and behind an alias',
  { skip },
  async (t) => {
    const { server, upstream } = await start(t, (query) =>
      query.reply(answerTo(query, '192.0.2.1', 0)),
    )
    for (let i = 1; i <= 2; i++) {
      t.match((await ask('www.test', 'A', server)).answers, [{ data: '192.0.2.1', ttl: 0 }])
      t.match((await ask('search.test', 'A', server)).answers, [{ data: 'safe.test' }, {}])
      t.equal(upstream.asked.length, 2 * i)
    }
  },
)

t.test(
  'what clients ask again is known to those by TCP, and after the death of the worker; the rest is not told',
  { skip },
  async (t) => {
    const { server, upstream } = await start(t, (query) => query.reply(answerTo(query)))
    await ask('once.test', 'A', server)
    await ask('www.test', 'A', server)
    await ask('www.test', 'A', server)
    await sleep(400)
    const tcp = await ask('www.test', 'A', { ...server, transport: 'tcp' })
    t.match(tcp.answers, [{ data: '192.0.2.1' }])
    t.equal(upstream.asked.length, 2)
    await ask('once.test', 'A', { ...server, transport: 'tcp' })
    t.equal(upstream.asked.length, 3, 'asked but once, it was told to nobody')
    await server.killWorker()
    await server.workerUp()
    await sleep(400)
    t.match((await ask('www.test', 'A', server)).answers, [{ data: '192.0.2.1' }])
    t.equal(upstream.asked.length, 3)
  },
)

t.test(
  'what the worker tells of a name that has become a zone meanwhile is not taken',
  { skip },
  async (t) => {
    const { server } = await start(t, (query) => query.reply(answerTo(query)))
    const known = (name: string): boolean =>
      [...server.cache.entries()].some(([key]) => key.includes(`${name}\u0004test`))
    // The first is told at once; what comes right behind it waits for the worker's next turn to tell, which a full machine may not leave time for.
    let corp = ''
    for (let tries = 0; tries < 10; tries += 1) {
      corp = `corp-${tries}`
      for (const name of [`www-${tries}.test`, `dc.${corp}.test`])
        for (let times = 0; times < 2; times += 1) await ask(name, 'A', server)
      if (!known(corp)) break
    }
    t.notOk(known(corp), 'not told yet, so the test can fail')
    const zone = { zone: domainName(`${corp}.test`), upstreams: [], allowPrivate: true }
    server.use(rules, undefined, { zones: [zone] })
    await sleep(400)
    t.notOk(known(corp))
  },
)

t.test('a worker that dies leaves no socket open', { skip }, async (t) => {
  const { server } = await start(t, (query) => query.reply(answerTo(query)))
  const sockets = (): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:')
      } catch {
        return false
      }
    }).length
  const before = sockets()
  for (let death = 0; death < 5; death++) {
    for (let i = 0; i < 200; i++) await ask(`name${death}x${i}.test`, 'A', server)
    await server.killWorker()
    await server.workerUp()
  }
  t.ok(sockets() <= before, `${sockets()} sockets, ${before} before`)
})
